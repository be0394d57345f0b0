//! Counts a case: as a strike of its own, or into the incident it belongs to.

use super::flag_customer::flag_customer;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::StrikeId;
use crate::domain::enforcement::strikes::{Incident, StrikeStatus, expires_at, same_incident};
use crate::domain::record::event::enforcement::{StrikeCounted, StrikeHandedOver, StrikeJoined, StrikeVoided};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases::{self, Case};
use crate::storage::customers::{self, Counters};
use crate::storage::enforcement::strikes::{self, NewStrike};
use crate::storage::material::same_material;

/// Strikes of one customer that are compared at most; older ones have long expired.
const COMPARED: i64 = 500;

/// Counts a case that is not counted yet. One incident is one strike; nothing counts before the customer was reached.
pub(in crate::actions) fn count_strike(tx: &mut Tx<'_>, case: &mut Case) -> Result<(), ActionError> {
    if case.strike_id.is_some() || !case.counts || case.reached_at.is_none() {
        return Ok(());
    }
    // Two cases of one incident may be answered at the same moment: the second one finds the strike of the first.
    customers::hold(tx.conn, case.customer_id)?;
    match find_incident(tx, case)? {
        Some(strike) => join(tx, case, strike),
        None => count_new(tx, case),
    }
}

fn find_incident(tx: &mut Tx<'_>, case: &Case) -> Result<Option<StrikeId>, ActionError> {
    let window = tx.policy()?.policy.incident_window;
    let this = Incident { received_at: case.received_at, told_at: case.reached_at };
    let same_material = same_material::strikes_on_same_material(tx.conn, case.id)?;
    let earlier = strikes::of_customer(tx.conn, case.customer_id, COMPARED)?;
    let found = earlier.iter().filter(|s| s.status == StrikeStatus::Active).find(|s| {
        let other = Incident { received_at: s.received_at, told_at: s.told_at };
        same_incident(other, this, same_material.contains(&s.id), window)
    });
    Ok(found.map(|s| s.id))
}

fn join(tx: &mut Tx<'_>, case: &mut Case, strike: StrikeId) -> Result<(), ActionError> {
    cases::set_strike(tx.conn, case, Some(strike), true)?;
    let event = Event::StrikeJoined(StrikeJoined { strike, case: case.reference.to_string() });
    tx.event(Subject::Customer(case.customer_id), &Actor::System, event)
}

fn count_new(tx: &mut Tx<'_>, case: &mut Case) -> Result<(), ActionError> {
    let published = tx.policy()?;
    let expires = expires_at(&published.policy, case.received_at);
    let status = if expires > tx.now { StrikeStatus::Active } else { StrikeStatus::Expired };
    let new = NewStrike {
        customer: case.customer_id,
        case: case.id,
        received_at: case.received_at,
        told_at: case.reached_at,
        expires_at: expires,
        policy: published.version,
    };
    let id = strikes::insert(tx.conn, &new, status, tx.now)?;
    cases::set_strike(tx.conn, case, Some(id), true)?;
    let active_strikes = i32::from(status == StrikeStatus::Active);
    let by =
        Counters { active_strikes, total_strikes: 1, last_strike_at: Some(case.received_at), ..Counters::default() };
    customers::count(tx.conn, case.customer_id, by)?;
    let what = StrikeCounted { strike: id, case: case.reference.to_string(), policy: published.version, expires };
    tx.event(Subject::Customer(case.customer_id), &Actor::System, Event::StrikeCounted(what))?;
    flag_customer(tx, case.customer_id)
}

/// Takes a case out of the count again: its strike is voided, or stands on another case of the same incident.
pub(in crate::actions) fn uncount(
    tx: &mut Tx<'_>,
    case: &mut Case,
    reason: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    let Some(id) = case.strike_id else { return Ok(()) };
    customers::hold(tx.conn, case.customer_id)?;
    let strike = strikes::get(tx.conn, id)?;
    cases::set_strike(tx.conn, case, None, case.counts)?;
    if strike.case_id != case.id || strike.status != StrikeStatus::Active {
        return Ok(());
    }
    let Some(other) = cases::another_of_strike(tx.conn, id, case.id)? else {
        return void(tx, &strike, reason, actor);
    };
    strikes::hand_over(tx.conn, id, other)?;
    let what = StrikeHandedOver { strike: id, case: other, reason: reason.into() };
    tx.event(Subject::Customer(case.customer_id), actor, Event::StrikeHandedOver(what))
}

/// Ends an active strike by a person's will or a later fact; it stays on record.
pub(in crate::actions) fn void(
    tx: &mut Tx<'_>,
    strike: &strikes::Strike,
    reason: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    customers::hold(tx.conn, strike.customer_id)?;
    strikes::end(tx.conn, strike.id, StrikeStatus::Voided, reason, tx.now)?;
    customers::count(tx.conn, strike.customer_id, Counters { active_strikes: -1, ..Counters::default() })?;
    let what = StrikeVoided { strike: strike.id, reason: reason.into() };
    tx.event(Subject::Customer(strike.customer_id), actor, Event::StrikeVoided(what))
}

/// What a case counts as now, in one sentence for the customer.
pub(in crate::actions) fn strike_sentence(tx: &mut Tx<'_>, case: &Case) -> Result<String, ActionError> {
    let Some(id) = case.strike_id else {
        return Ok(
            "This case does not count as a strike. What was counted before stays on record and no longer counts."
                .to_owned(),
        );
    };
    let strike = strikes::get(tx.conn, id)?;
    Ok(match strike.status {
        StrikeStatus::Active => {
            format!("The strike for what is left of this case counts until {}.", strike.expires_at.day())
        }
        _ => "The strike of this case no longer counts.".to_owned(),
    })
}
