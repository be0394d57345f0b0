//! Access is disabled: 17 USC 512(c)(1)(C). Where a system of the host listens, staff ask it and it confirms;
//! otherwise what staff record is the fact.

use crate::actions::access::private_links::counter_link;
use crate::actions::cases::forward_case::write_to_contacts;
use crate::actions::cases::review_done::done_with_case;
use crate::actions::cases::tell_outcome::tell_outcome;
use crate::actions::context::{ActionError, Tx, reason};
use crate::actions::enforcement::count_strike::count_strike;
use crate::actions::outbox::webhooks;
use crate::domain::base::contact::many_lines;
use crate::domain::base::ids::CaseId;
use crate::domain::cases::case::{CaseState, Outcome};
use crate::domain::intake::notice::Work;
use crate::domain::material::location_state::LocationState::{
    DisableRequested, Disabled, Removed, Reported, RestoreRequested,
};
use crate::domain::outbox::webhook::WebhookKind;
use crate::domain::record::event::cases::CaseClosed;
use crate::domain::record::event::material::Locations;
use crate::domain::record::event::{Actor, Event, Private, Subject};
use crate::mail::letters::{AccessDisabled, Listing};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::customers;
use crate::storage::intake::{notices, works};
use crate::storage::material::locations::{self, LocationRow, Move};
use crate::storage::material::probes;

/// Disables some locations of a case, or all of them. When none is left open, the case closes and counts.
pub fn disable_locations(
    tx: &mut Tx<'_>,
    id: CaseId,
    only: Option<&[i64]>,
    why: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    let why = reason(why)?;
    let mut case = open_case(tx, id)?;
    // A program of the host that says so has done it; people ask the programs, where one listens.
    let ask = matches!(actor, Actor::Staff(..)) && webhooks::listens(tx, WebhookKind::DisableRequested)?;
    let from: &[_] = if ask { &[Reported, Removed] } else { &[Reported, Removed, DisableRequested] };
    let rows = locations::in_states(tx.conn, id, from, only)?;
    if rows.is_empty() {
        return Err(ActionError::Refused("Select at least one address that is not disabled yet.".to_owned()));
    }
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    let what = Locations::new(&ids, &why);
    let (to, event) = if ask {
        (DisableRequested, Event::LocationDisableRequested(what))
    } else {
        (Disabled, Event::LocationDisabled(what))
    };
    locations::shift(tx.conn, id, Some(&ids), Move { from, to, by: &actor.to_string() }, tx.now)?;
    tx.event(Subject::Case(id), actor, event)?;
    if ask { Ok(()) } else { disabled(tx, &mut case, &rows, &why, actor) }
}

/// The host's system, or staff, confirm that access is disabled as it was asked for.
pub fn confirm_disabled(tx: &mut Tx<'_>, id: CaseId, only: Option<&[i64]>, actor: &Actor) -> Result<(), ActionError> {
    let mut case = open_case(tx, id)?;
    let rows = locations::in_states(tx.conn, id, &[DisableRequested], only)?;
    if rows.is_empty() {
        return Err(ActionError::Refused("No address of this case waits to be disabled.".to_owned()));
    }
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    let what = Move { from: &[DisableRequested], to: Disabled, by: &actor.to_string() };
    locations::shift(tx.conn, id, Some(&ids), what, tx.now)?;
    tx.event(Subject::Case(id), actor, Event::LocationDisabled(Locations::new(&ids, "")))?;
    if locations::count_in(tx.conn, id, &[DisableRequested, RestoreRequested])? == 0 {
        reviews::done_for_case(tx.conn, id, &[ReviewKind::NotConfirmed], &actor.to_string(), tx.now)?;
    }
    disabled(tx, &mut case, &rows, "", actor)
}

/// A case in which something can be disabled.
fn open_case(tx: &mut Tx<'_>, id: CaseId) -> Result<Case, ActionError> {
    let case = cases::get(tx.conn, id)?;
    // Refuses a closed case before anything is changed.
    case.state.close(Outcome::Disabled, tx.now)?;
    if case.forwarded_at.is_none() {
        let words = "Forward the notice first: the customer must be notified before or when access is disabled.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    Ok(case)
}

/// What follows once access is disabled: the customer is told, the case closes where nothing is left open.
fn disabled(
    tx: &mut Tx<'_>,
    case: &mut Case,
    rows: &[LocationRow],
    why: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    tell_customer(tx, case, rows, why)?;
    if tx.context.config.probe.enabled {
        let at = tx.now + tx.context.config.probe.after;
        let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
        probes::ask(tx.conn, case.id, Some(&ids), &[Disabled], at)?;
    }
    close_where_done(tx, case, actor)
}

/// Closes a case in which nothing is left open and something is disabled.
pub(in crate::actions) fn close_where_done(tx: &mut Tx<'_>, case: &mut Case, actor: &Actor) -> Result<(), ActionError> {
    if matches!(case.state, CaseState::Closed(..))
        || locations::count_in(tx.conn, case.id, &[Reported, DisableRequested])? > 0
        || locations::count_in(tx.conn, case.id, &[Disabled])? == 0
    {
        return Ok(());
    }
    let closed = case.state.close(Outcome::Disabled, tx.now)?;
    cases::set_state(tx.conn, case, closed, tx.now)?;
    done_with_case(tx, case.id, &actor.to_string())?;
    let what = CaseClosed { outcome: Outcome::Disabled, reason: Private::None };
    tx.event(Subject::Case(case.id), actor, Event::CaseClosed(what))?;
    count_strike(tx, case)?;
    tell_outcome(tx, case)
}

/// 17 USC 512(g)(2)(A): the customer is told promptly that access was disabled.
fn tell_customer(tx: &mut Tx<'_>, case: &Case, rows: &[LocationRow], why: &str) -> Result<(), ActionError> {
    let (notice, customer) = (notices::get(tx.conn, case.notice_id)?, customers::get(tx.conn, case.customer_id)?);
    let works = works::of_notice(tx.conn, notice.id)?;
    let (reason, works): (Vec<String>, Vec<String>) =
        (many_lines(why, 1000).lines().map(str::to_owned).collect(), Work::list(&works, 20));
    let locations: Listing = rows.iter().map(LocationRow::told).collect();
    write_to_contacts(tx, case, |tx| {
        Ok(AccessDisabled {
            site: case.site.clone(),
            case: case.reference.to_string(),
            account: customer.name.clone(),
            account_number: customer.external_id.clone(),
            disabled: tx.now,
            reason: reason.clone(),
            reported_by: notice.reported_by(),
            works: works.clone(),
            locations: locations.clone(),
            link: counter_link(tx, case.id)?,
            downstream: case.downstream,
        })
    })?;
    Ok(())
}
