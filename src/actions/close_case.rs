//! Staff end a case, with a reason.

use super::count_strike::{count_strike, uncount};
use super::{ActionError, Tx, reason};
use crate::domain::case::{CaseState, Outcome};
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::CaseId;
use crate::storage::customers::{self, Counters};
use crate::storage::{cases, reviews};

/// Closes a case. Removal counts as a strike; a settlement or no action does not, and takes one back.
pub fn close_case(tx: &mut Tx<'_>, id: CaseId, outcome: Outcome, why: &str, actor: &Actor) -> Result<(), ActionError> {
    let why = reason(why)?;
    let mut case = cases::get(tx.conn, id)?;
    let was_unanswered = matches!(case.state, CaseState::Unanswered(_));
    let state = case.state.close(outcome, tx.now)?;
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    reviews::done_for_case(tx.conn, id, None, &actor.to_string(), tx.now)?;
    let what = Happening::new("case.closed").fact("outcome", outcome.code()).because(&why);
    tx.event(Subject::Case(id), actor, &what)?;
    match outcome {
        Outcome::Removed | Outcome::Disabled => count_strike(tx, &mut case),
        Outcome::Resolved | Outcome::NoAction => {
            if was_unanswered {
                customers::count(tx.conn, case.customer_id, Counters { unanswered: -1, ..Counters::default() })?;
            }
            uncount(tx, &mut case, &why, actor)?;
            let strike = case.strike_id;
            Ok(cases::set_strike(tx.conn, &mut case, strike, false)?)
        }
    }
}
