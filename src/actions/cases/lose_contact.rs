//! A letter did not reach its receiver: it was refused, given up, or came back. The clock it had started stops unless
//! another letter carries it on; where nobody is reached at all, staff look.

use super::send_notice::reach_others;
use crate::actions::context::{ActionError, Tx};
use crate::actions::enforcement::count_strike::uncount;
use crate::domain::base::ids::{CaseId, LetterId};
use crate::domain::base::moment::Span;
use crate::domain::cases::case::CaseState;
use crate::domain::record::event::{Actor, Happening, Subject};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case, due_cases};
use crate::storage::customers::{self, Counters};
use crate::storage::outbox::letters::{self, LetterRow};

/// Why a strike or silence no longer counts.
const CAME_BACK: &str = "The letter that notified the customer came back";

/// Takes back what followed from a letter that is lost, writes to contacts not written to yet, and puts the case before
/// staff where nobody is left to be reached.
pub(in crate::actions) fn letter_lost(tx: &mut Tx<'_>, letter: &LetterRow) -> Result<(), ActionError> {
    let Some(id) = letter.case_id.map(CaseId).filter(|_| letter.customer_id.is_some()) else { return Ok(()) };
    if !letter.tells_of_case() {
        return Ok(());
    }
    let mut case = cases::get(tx.conn, id)?;
    if case.reached_letter == Some(LetterId(letter.id)) {
        take_back(tx, &mut case, LetterId(letter.id))?;
    }
    if !matches!(case.state, CaseState::Undelivered(_) | CaseState::Awaiting(_)) {
        return Ok(());
    }
    let others = reach_others(tx, &case)?;
    if others > 0 {
        let what = Happening::new("case.next_contact").fact("contacts", others);
        return tx.event(Subject::Case(id), &Actor::System, &what);
    }
    if matches!(case.state, CaseState::Undelivered(_)) && !letters::any_on_its_way(tx.conn, id)? {
        return not_reached(tx, id);
    }
    Ok(())
}

/// What a letter had started ends, or is carried on by another one that was taken over.
fn take_back(tx: &mut Tx<'_>, case: &mut Case, lost: LetterId) -> Result<(), ActionError> {
    let other = letters::first_accepted(tx.conn, case.id)?;
    if matches!(case.state, CaseState::Closed(..)) {
        cases::set_reached(tx.conn, case, other.map(|o| o.1), other.map(|o| o.0))?;
        return if other.is_none() { stopped(tx, case, lost) } else { Ok(()) };
    }
    let was_unanswered = matches!(case.state, CaseState::Unanswered(_));
    let before = case.state.forwarded().map(|f| f.deadline);
    let period = case.answer_period.unwrap_or_else(|| Span::hours(48));
    let state = match other {
        Some((letter, at)) => case.state.reached_by_another(at, letter, period, tx.now)?,
        None => case.state.stop_clock(case.forwarded_at.unwrap_or(case.received_at), period)?,
    };
    cases::set_state(tx.conn, case, state, tx.now)?;
    if was_unanswered && !matches!(case.state, CaseState::Unanswered(_)) {
        customers::count(tx.conn, case.customer_id, Counters { unanswered: -1, ..Counters::default() })?;
    }
    let Some(after) = case.state.forwarded() else { return stopped(tx, case, lost) };
    if matches!(case.state, CaseState::Awaiting(_)) && was_unanswered {
        uncount(tx, case, CAME_BACK, &Actor::System)?;
    }
    if Some(after.deadline) == before {
        return Ok(());
    }
    let what = Happening::new("case.deadline_moved")
        .fact("deadline", after.deadline.iso())
        .because("The first letter came back; the deadline counts from another one");
    tx.event(Subject::Case(case.id), &Actor::System, &what)
}

fn stopped(tx: &mut Tx<'_>, case: &mut Case, lost: LetterId) -> Result<(), ActionError> {
    uncount(tx, case, CAME_BACK, &Actor::System)?;
    let what = Happening::new("case.clock_stopped").fact("letter", lost.0);
    tx.event(Subject::Case(case.id), &Actor::System, &what)
}

/// Puts a case before staff, once: no letter about it has reached anybody.
pub fn not_reached(tx: &mut Tx<'_>, id: CaseId) -> Result<(), ActionError> {
    if !due_cases::reach_no_more(tx.conn, id)? {
        return Ok(());
    }
    let about = reviews::About { case: Some(id), ..reviews::About::default() };
    let note = "No deadline yet. Correct the contact, send the notice again, or record that the customer was notified.";
    reviews::raise(tx.conn, ReviewKind::NotReached, about, note, tx.now)?;
    tx.event(Subject::Case(id), &Actor::System, &Happening::new("case.not_reached"))
}
