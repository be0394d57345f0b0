//! Access returns: the host decides so, or confirms what was asked for. Nothing is restored while the ten business
//! days of a counter-notice run, 17 USC 512(g)(2)(C).

use super::release_locations::release;
use crate::actions::cases::forward_case::copy_to_contacts;
use crate::actions::cases::tell_outcome::tell_outcome;
use crate::actions::context::{About, ActionError, To, Tx, reason};
use crate::actions::enforcement::count_strike::strike_sentence;
use crate::domain::base::ids::{CaseId, CounterId};
use crate::domain::cases::case::{CaseState, Outcome};
use crate::domain::material::location_state::LocationState::{
    self, DisableRequested, Disabled, RestoreRequested, Restored,
};
use crate::domain::record::event::cases::CaseClosed;
use crate::domain::record::event::disputes::OfCounter;
use crate::domain::record::event::material::Locations;
use crate::domain::record::event::{Actor, Event, Nothing, Private, Subject};
use crate::domain::regimes::us_512::counter_notice::CounterState;
use crate::mail::letters::{AccessRestored, RestoredBecause};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::customers;
use crate::storage::disputes::counter_notices;
use crate::storage::intake::notices;
use crate::storage::material::locations::{self, LocationRow, Move};
use crate::storage::material::{probes, same_material};

/// Staff decide that access returns, for a reason.
pub fn restore_locations(
    tx: &mut Tx<'_>,
    id: CaseId,
    only: Option<&[i64]>,
    why: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    let why = reason(why)?;
    let case = cases::get(tx.conn, id)?;
    let rows = locations::in_states(tx.conn, id, &[DisableRequested, Disabled], only)?;
    if rows.is_empty() {
        return Err(ActionError::Refused("Select at least one address that is disabled.".to_owned()));
    }
    for counter in counter_notices::of_cases(tx.conn, &[id])?.iter().filter(|c| c.state.is_open()) {
        if rows.iter().any(|r| r.counter_id == Some(counter.id.0)) {
            let words = format!(
                "A counter-notice is running: access returns {}. Restoring it earlier is not allowed, 17 U.S.C. § 512(g)(2)(C).",
                counter.put_back().between()
            );
            return Err(ActionError::Refused(words));
        }
    }
    release(tx, &case, &rows, &why, actor)?;
    settle(tx, id, actor)
}

/// The host's system, or staff, confirm that access has returned.
pub fn confirm_restored(tx: &mut Tx<'_>, id: CaseId, only: Option<&[i64]>, actor: &Actor) -> Result<(), ActionError> {
    let case = cases::get(tx.conn, id)?;
    let rows = locations::in_states(tx.conn, id, &[RestoreRequested], only)?;
    if rows.is_empty() {
        return Err(ActionError::Refused("No address of this case waits to be restored.".to_owned()));
    }
    let (ids, materials): (Vec<i64>, Vec<i64>) = rows.iter().map(|r| (r.id, r.material)).unzip();
    let by = actor.to_string();
    let what = Move { from: &[RestoreRequested], to: Restored, by: &by };
    locations::shift(tx.conn, id, Some(&ids), what, tx.now)?;
    let others = same_material::restore_released(tx.conn, &materials, &by, tx.now)?;
    for other in others.into_iter().filter(|other| *other != id) {
        tx.event(Subject::Case(other), actor, Event::LocationReturned(Nothing {}))?;
    }
    tx.event(Subject::Case(id), actor, Event::LocationRestored(Locations::new(&ids, "")))?;
    if tx.context.config.probe.enabled {
        probes::ask(tx.conn, id, Some(&ids), &[Restored], tx.now + tx.context.config.probe.after)?;
    }
    if locations::count_in(tx.conn, id, &[RestoreRequested])? == 0 {
        let kinds =
            [ReviewKind::Restore, ReviewKind::PutBackAlarm, ReviewKind::PutBackMissed, ReviewKind::NotConfirmed];
        reviews::done_for_case(tx.conn, id, &kinds, &by, tx.now)?;
    }
    end_counters(tx, id, actor)?;
    settle(tx, id, actor)?;
    tell_both(tx, &case, &rows, &[])
}

/// Counter-notices of which nothing waits any more have done what they can.
pub(in crate::actions) fn end_counters(tx: &mut Tx<'_>, case: CaseId, actor: &Actor) -> Result<(), ActionError> {
    for mut counter in counter_notices::of_cases(tx.conn, &[case])? {
        if counter.state != CounterState::Due {
            continue;
        }
        let waits = locations::of_counter(tx.conn, counter.id)?.iter().any(|r| r.state() == RestoreRequested);
        if !waits {
            let alarm = counter.alarm;
            counter_notices::set_state(tx.conn, &mut counter, (CounterState::Restored, alarm), None, tx.now)?;
            let event = Event::CounterNoticeSustained(OfCounter { counter_notice: counter.id });
            tx.event(Subject::Case(case), actor, event)?;
        }
    }
    Ok(())
}

/// Where nothing of a case stands any more it ends as restored, and stops counting; the strike stays on record.
pub(in crate::actions) fn settle(tx: &mut Tx<'_>, id: CaseId, actor: &Actor) -> Result<(), ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let pending = [LocationState::Reported, LocationState::Removed, DisableRequested, Disabled, RestoreRequested];
    if locations::count_in(tx.conn, id, &pending)? > 0 || !matches!(case.state, CaseState::Closed(Outcome::Disabled, _))
    {
        return Ok(());
    }
    let was_silent = cases::was_silent(tx.conn, id)?;
    let state = case.state.restore(tx.now)?;
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    let what = CaseClosed { outcome: Outcome::Restored, reason: Private::None };
    tx.event(Subject::Case(id), actor, Event::CaseClosed(what))?;
    crate::actions::cases::close_case::uncount_for_good(tx, &mut case, was_silent, "Access was restored", actor)
}

fn because(tx: &mut Tx<'_>, rows: &[LocationRow]) -> Result<RestoredBecause, ActionError> {
    if rows.iter().all(|r| r.withdrawn_at.is_some()) {
        return Ok(RestoredBecause::Withdrawn);
    }
    for id in rows.iter().filter_map(|r| r.counter_id) {
        if counter_notices::get(tx.conn, CounterId(id))?.state == CounterState::Restored {
            return Ok(RestoredBecause::CounterNotice);
        }
    }
    Ok(RestoredBecause::Host)
}

/// Both sides are told what has returned, and what another notice keeps disabled.
pub(in crate::actions) fn tell_both(
    tx: &mut Tx<'_>,
    case: &Case,
    rows: &[LocationRow],
    held: &[LocationRow],
) -> Result<(), ActionError> {
    let (notice, customer) = (notices::get(tx.conn, case.notice_id)?, customers::get(tx.conn, case.customer_id)?);
    let after = cases::get(tx.conn, case.id)?;
    let mut data = AccessRestored {
        site: case.site.clone(),
        case: case.reference.to_string(),
        because: because(tx, if rows.is_empty() { held } else { rows })?,
        restored: tx.now,
        locations: rows.iter().map(LocationRow::told).collect(),
        held: held.iter().map(LocationRow::told).collect(),
        strike: strike_sentence(tx, &after)?,
        account_number: customer.external_id,
    };
    copy_to_contacts(tx, case, &data)?;
    match data.because {
        // Who withdrew has a receipt already.
        RestoredBecause::Withdrawn => return Ok(()),
        // What the host decided is told by location, with what else ended.
        RestoredBecause::Host => return tell_outcome(tx, case),
        RestoredBecause::CounterNotice => {}
    }
    let Some(address) = &notice.complainant.email else { return Ok(()) };
    (data.account_number, data.strike) = (String::new(), String::new());
    (data.case, data.site) = (notice.reference.to_string(), String::new());
    let about = About { case: Some(case.id), notice: Some(notice.id), ..About::default() };
    tx.queue(&data, &To { name: &notice.complainant.name, address: address.as_str() }, about)?;
    Ok(())
}
