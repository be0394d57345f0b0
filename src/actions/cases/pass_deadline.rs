//! The deadline has passed: silence becomes `unanswered` and counts; a removal closes the case.

use super::tell_outcome::tell_outcome;
use crate::actions::context::{ActionError, Tx};
use crate::actions::enforcement::count_strike::count_strike;
use crate::actions::enforcement::flag_customer::flag_customer;
use crate::domain::base::ids::CaseId;
use crate::domain::cases::case::{CaseState, Outcome};
use crate::domain::record::event::cases::CaseClosed;
use crate::domain::record::event::{Actor, Event, Nothing, Private, Subject};
use crate::storage::cases::{self, due_cases};
use crate::storage::customers::{self, Counters};

/// Passes the deadline of a case. Nothing where the letter that started the clock is said to have come back and nobody has
/// looked at that yet.
pub fn pass_deadline(tx: &mut Tx<'_>, id: CaseId) -> Result<(), ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let waiting = matches!(case.state, CaseState::Awaiting(_));
    if let Some(letter) = case.reached_letter.filter(|_| waiting)
        && due_cases::letter_doubted(tx.conn, letter)?
    {
        return Ok(());
    }
    let state = case.state.pass_deadline(tx.now)?;
    let silent = matches!(state, CaseState::Unanswered(_));
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    let event = if silent {
        Event::CaseUnanswered(Nothing {})
    } else {
        Event::CaseClosed(CaseClosed { outcome: Outcome::Removed, reason: Private::None })
    };
    tx.event(Subject::Case(id), &Actor::System, event)?;
    if !silent {
        tell_outcome(tx, &case)?;
    }
    if silent {
        customers::count(tx.conn, case.customer_id, Counters { unanswered: 1, ..Counters::default() })?;
        count_strike(tx, &mut case)?;
        // Also where the case joined an earlier strike: unanswered cases count by themselves.
        flag_customer(tx, case.customer_id)?;
    }
    Ok(())
}
