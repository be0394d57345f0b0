//! The complainant tells of a court action or a Copyright Claims Board claim. Received before access was restored
//! it stops the put-back, 17 USC 512(g)(2)(C) and 1507(d); otherwise it is kept and a person looks.

use super::store_files::keep_files;
use crate::actions::cases::forward_case::copy_to_contacts;
use crate::actions::context::{About, ActionError, To, Tx};
use crate::actions::outbox::webhooks;
use crate::domain::base::ids::CounterId;
use crate::domain::base::moment::Moment;
use crate::domain::material::location_state::LocationState::{DisableRequested, Disabled, Released, RestoreRequested};
use crate::domain::outbox::webhook::WebhookKind;
use crate::domain::record::event::material::Locations;
use crate::domain::record::event::{Actor, Event, Private, Subject, disputes};
use crate::domain::regimes::us_512::counter_notice::{CounterState, CourtAction};
use crate::formats::upload::Upload;
use crate::mail::letters::CourtActionReceived;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::customers;
use crate::storage::disputes::attachments::Of;
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::disputes::court_actions;
use crate::storage::intake::notices;
use crate::storage::material::locations::{self, Move};

/// Records a court action; returns whether it came in time. With the files comes when it arrived, where it is entered
/// later: what arrived before access was restored was in time.
pub fn receive_court_action(
    tx: &mut Tx<'_>,
    id: CounterId,
    action: &CourtAction,
    (files, received): (&[Upload], Option<Moment>),
    via: &'static str,
    actor: &Actor,
) -> Result<bool, ActionError> {
    let mut counter = counter_notices::get(tx.conn, id)?;
    let case = cases::get(tx.conn, counter.case)?;
    let received = received.unwrap_or(tx.now);
    if received > tx.now || received < counter.received_at {
        let words =
            "The day a court action was reported must be after the counter-notice was received and not in the future.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    let stops = counter.state.is_open();
    // Access returned because nobody had entered yet what was there.
    let entered_late = counter.state == CounterState::Restored && received < counter.state_at;
    let in_time = stops || entered_late;
    let action_id = court_actions::insert(tx.conn, id, action, (in_time, via), received)?;
    let kept_files = keep_files(tx, case.id, Of::Court(action_id), files, &actor.to_string())?;
    let what = disputes::CourtActionReceived {
        counter_notice: id,
        kind: action.kind,
        received,
        in_time,
        stops,
        court_action: action_id,
        docket: action.docket.as_str().into(),
        sha256: court_actions::digest(action, in_time).into(),
        files: Private::list(&kept_files),
    };
    tx.event(Subject::Case(case.id), actor, Event::CourtActionReceived(what))?;
    if stops {
        stop(tx, &case, &mut counter, actor)?;
    } else if counter.state == CounterState::Restored {
        let about = reviews::About { case: Some(case.id), ..reviews::About::default() };
        let when = if entered_late { "received before, entered after" } else { "reported after" };
        let note = format!("{} {}: {when} access was restored", action.court, action.docket);
        reviews::raise(tx.conn, ReviewKind::LateCourtAction, about, &note, tx.now)?;
    }
    tell(tx, &case, action, (stops, counter.state), received)?;
    Ok(in_time)
}

/// Access stays disabled. What the host was asked to restore already, but has not confirmed, is asked back.
fn stop(tx: &mut Tx<'_>, case: &Case, counter: &mut Counter, actor: &Actor) -> Result<(), ActionError> {
    let rows = locations::of_counter(tx.conn, counter.id)?;
    let ids: Vec<i64> = rows.iter().filter(|r| r.state() == RestoreRequested).map(|r| r.id).collect();
    let released: Vec<i64> = rows.iter().filter(|r| r.state() == Released).map(|r| r.id).collect();
    let by = actor.to_string();
    // Another notice keeps these disabled; now this one does too.
    locations::shift(tx.conn, case.id, Some(&released), Move { from: &[Released], to: Disabled, by: &by }, tx.now)?;
    if !released.is_empty() {
        let what = Locations::new(&released, "A court action was reported");
        tx.event(Subject::Case(case.id), actor, Event::LocationDisabled(what))?;
    }
    if !ids.is_empty() {
        let ask = webhooks::listens(tx, WebhookKind::DisableRequested)?;
        let to = if ask { DisableRequested } else { Disabled };
        locations::shift(tx.conn, case.id, Some(&ids), Move { from: &[RestoreRequested], to, by: &by }, tx.now)?;
        let what = Locations::new(&ids, "A court action was reported before access was restored");
        let event = if ask { Event::LocationDisableRequested(what) } else { Event::LocationDisabled(what) };
        tx.event(Subject::Case(case.id), actor, event)?;
    }
    // What the counter-notice did not dispute may have to return all the same.
    if locations::count_in(tx.conn, case.id, &[RestoreRequested])? == 0 {
        let kinds = [ReviewKind::Restore, ReviewKind::PutBackAlarm, ReviewKind::PutBackMissed];
        reviews::done_for_case(tx.conn, case.id, &kinds, &by, tx.now)?;
    }
    let alarm = counter.alarm;
    Ok(counter_notices::set_state(tx.conn, counter, (CounterState::Stopped, alarm), None, tx.now)?)
}

fn tell(
    tx: &mut Tx<'_>,
    case: &Case,
    action: &CourtAction,
    (in_time, state): (bool, CounterState),
    received: Moment,
) -> Result<(), ActionError> {
    let (notice, customer) = (notices::get(tx.conn, case.notice_id)?, customers::get(tx.conn, case.customer_id)?);
    let mut data = CourtActionReceived {
        case: notice.reference.to_string(),
        site: case.site.clone(),
        action: action.clone(),
        received,
        // A second action about what is stopped already is in time too.
        in_time: in_time || state == CounterState::Stopped,
        account_number: String::new(),
        agent_email: tx.context.config.agent.email.to_string(),
    };
    if let Some(address) = notice.complainant.email.as_ref().filter(|a| !tx.context.config.is_own_address(a)) {
        let about = About { case: Some(case.id), notice: Some(notice.id), ..About::default() };
        tx.queue(&data, &To { name: &notice.complainant.name, address: address.as_str() }, about)?;
    }
    if in_time {
        data.account_number = customer.external_id;
        data.case = case.reference.to_string();
        copy_to_contacts(tx, case, &data)?;
    }
    Ok(())
}
