//! A letter did not reach its receiver: it was refused, given up, stored as a file, or came back. A clock that it had
//! started stops, and silence that it made count no longer does, unless another letter carries it on; where nobody is
//! reached at all, staff look. What ended otherwise stays until a person decides.

use super::send_notice::reach_others;
use crate::actions::context::{ActionError, Tx};
use crate::actions::enforcement::count_strike::uncount;
use crate::domain::base::ids::{CaseId, LetterId};
use crate::domain::base::moment::Span;
use crate::domain::cases::case::CaseState;
use crate::domain::record::event::cases::{ClockStopped, ContactCount, DeadlineMoved};
use crate::domain::record::event::{Actor, Event, Nothing, Subject};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case, due_cases};
use crate::storage::customers::{self, Counters};
use crate::storage::outbox::letters::{self, LetterRow};
use crate::storage::outbox::reaching_letters;

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
    let waits = matches!(case.state, CaseState::Awaiting(_) | CaseState::Unanswered(_));
    if waits && case.reached_letter == Some(LetterId(letter.id)) {
        take_back(tx, &mut case, LetterId(letter.id))?;
    }
    if !matches!(case.state, CaseState::Undelivered(_) | CaseState::Awaiting(_)) {
        return Ok(());
    }
    let others = reach_others(tx, &case)?;
    if others > 0 {
        let event = Event::CaseNextContact(ContactCount { contacts: others });
        return tx.event(Subject::Case(id), &Actor::System, event);
    }
    if matches!(case.state, CaseState::Undelivered(_)) && !letters::any_on_its_way(tx.conn, id)? {
        return not_reached(tx, id);
    }
    Ok(())
}

/// What a letter had started ends, or is carried on by another one that was taken over.
fn take_back(tx: &mut Tx<'_>, case: &mut Case, lost: LetterId) -> Result<(), ActionError> {
    let was_unanswered = matches!(case.state, CaseState::Unanswered(_));
    let before = case.state.forwarded().map(|f| f.deadline);
    let period = case.answer_period.unwrap_or_else(|| Span::hours(48));
    let state = match reaching_letters::first_accepted(tx.conn, case.id)? {
        Some((letter, at)) => case.state.reached_by_another(at, letter, period, tx.now)?,
        None => case.state.stop_clock(case.forwarded_at.unwrap_or(case.received_at), period)?,
    };
    cases::set_state(tx.conn, case, state, tx.now)?;
    if was_unanswered && !matches!(case.state, CaseState::Unanswered(_)) {
        customers::count(tx.conn, case.customer_id, Counters { unanswered: -1, ..Counters::default() })?;
        uncount(tx, case, CAME_BACK, &Actor::System)?;
    }
    let event = match case.state.forwarded().map(|f| f.deadline) {
        None => Event::CaseClockStopped(ClockStopped { letter: lost }),
        after if after == before => return Ok(()),
        Some(deadline) => {
            let reason = "The first letter came back; the deadline counts from another one";
            Event::CaseDeadlineMoved(DeadlineMoved { deadline, reason: reason.into() })
        }
    };
    tx.event(Subject::Case(case.id), &Actor::System, event)
}

/// Puts a case before staff, once: no letter about it has reached anybody.
pub fn not_reached(tx: &mut Tx<'_>, id: CaseId) -> Result<(), ActionError> {
    if !due_cases::reach_no_more(tx.conn, id)? {
        return Ok(());
    }
    let about = reviews::About { case: Some(id), ..reviews::About::default() };
    let note = "No deadline yet. Correct the contact, send the notice again, or record that the customer was notified.";
    reviews::raise(tx.conn, ReviewKind::NotReached, about, note, tx.now)?;
    tx.event(Subject::Case(id), &Actor::System, Event::CaseNotReached(Nothing {}))
}
