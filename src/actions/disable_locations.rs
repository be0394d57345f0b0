//! Staff record that access was disabled. 17 USC 512(c)(1)(C).

use super::count_strike::count_strike;
use super::{ActionError, Tx, reason};
use crate::domain::case::Outcome;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::CaseId;
use crate::storage::{cases, locations, reviews};

/// Disables some locations of a case, or all of them. When none is left, the case closes and counts.
pub fn disable_locations(
    tx: &mut Tx<'_>,
    id: CaseId,
    only: Option<&[i64]>,
    why: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    let why = reason(why)?;
    let mut case = cases::get(tx.conn, id)?;
    // Refuses a closed case before anything is changed.
    let closed = case.state.close(Outcome::Disabled, tx.now)?;
    if case.forwarded_at.is_none() {
        let words = "Forward the notice first: the customer must be told before or when access is disabled.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    let changed = locations::set_state(tx.conn, id, only, "disabled", tx.now)?;
    if changed == 0 {
        return Err(ActionError::Refused("Select at least one address that is not disabled yet.".to_owned()));
    }
    let what = Happening::new("locations.disabled").fact("count", changed).because(&why);
    tx.event(Subject::Case(id), actor, &what)?;
    if locations::count_in(tx.conn, id, "reported")? > 0 {
        return Ok(());
    }
    cases::set_state(tx.conn, &mut case, closed, tx.now)?;
    reviews::done_for_case(tx.conn, id, None, &actor.to_string(), tx.now)?;
    tx.event(Subject::Case(id), actor, &Happening::new("case.closed").fact("outcome", Outcome::Disabled.code()))?;
    count_strike(tx, &mut case)
}
