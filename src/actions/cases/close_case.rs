//! Staff end a case, with a reason.

use super::review_done::done_with_case;
use super::tell_outcome::tell_outcome;
use crate::actions::context::{ActionError, Tx, reason};
use crate::actions::enforcement::count_strike::{count_strike, uncount};
use crate::actions::material::release_locations::release;
use crate::domain::base::ids::CaseId;
use crate::domain::cases::case::Outcome;
use crate::domain::material::location_state::LocationState;
use crate::domain::record::event::cases::CaseClosed;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases::{self, Case};
use crate::storage::customers::{self, Counters};
use crate::storage::material::locations;

/// Closes a case. Removal counts as a strike; a settlement or no action does not, takes one back, and lets access
/// return where this case alone keeps it disabled.
pub fn close_case(tx: &mut Tx<'_>, id: CaseId, outcome: Outcome, why: &str, actor: &Actor) -> Result<(), ActionError> {
    let why = reason(why)?;
    if !matches!(outcome, Outcome::Removed | Outcome::Resolved | Outcome::NoAction) {
        return Err(ActionError::Refused("A case cannot be closed by hand with this outcome.".to_owned()));
    }
    let mut case = cases::get(tx.conn, id)?;
    let was_silent = cases::was_silent(tx.conn, id)?;
    let state = case.state.close(outcome, tx.now)?;
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    done_with_case(tx, id, &actor.to_string())?;
    let what = CaseClosed { outcome, reason: why.as_str().into() };
    tx.event(Subject::Case(id), actor, Event::CaseClosed(what))?;
    if outcome == Outcome::Removed {
        count_strike(tx, &mut case)?;
    } else {
        let rows = locations::in_states(tx.conn, id, &LocationState::BLOCKING, None)?;
        release(tx, &case, &rows, &why, actor)?;
        uncount_for_good(tx, &mut case, was_silent, &why, actor)?;
    }
    tell_outcome(tx, &case)
}

/// Takes a case out of every count and keeps it out: strike, unanswered cases.
pub(in crate::actions) fn uncount_for_good(
    tx: &mut Tx<'_>,
    case: &mut Case,
    was_silent: bool,
    why: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    if was_silent {
        customers::count(tx.conn, case.customer_id, Counters { unanswered: -1, ..Counters::default() })?;
    }
    uncount(tx, case, why, actor)?;
    let strike = case.strike_id;
    Ok(cases::set_strike(tx.conn, case, strike, false)?)
}
