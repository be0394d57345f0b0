//! The customer of a case has been reached: a server took a letter over, the customer answered, or a person records
//! another way. From then the clock of the case runs and the case can count; before, nothing follows from silence.

use crate::actions::context::{ActionError, Tx, reason};
use crate::actions::enforcement::count_strike::count_strike;
use crate::domain::base::ids::{CaseId, LetterId};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::cases::case::{CaseState, Outcome};
use crate::domain::cases::reached::ContactWay;
use crate::domain::record::event::cases::{CaseReached, ContactCount};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::outbox::letters::LetterRow;

/// Taken over later than this after it was forwarded, a case was delivered late; the record says by how much.
const LATE: Span = Span::minutes(10);

/// How somebody was reached.
#[derive(Clone, Copy, Debug)]
pub(in crate::actions) enum Reached {
    /// A mail server took this letter over.
    Letter(LetterId),
    /// The customer answered.
    Answer,
    /// A person says so.
    Recorded(ContactWay),
}

impl Reached {
    fn letter(self) -> Option<LetterId> {
        if let Self::Letter(id) = self { Some(id) } else { None }
    }
    fn code(self) -> &'static str {
        match self {
            Self::Letter(_) => "letter",
            Self::Answer => "answer",
            Self::Recorded(way) => way.code(),
        }
    }
}

/// A mail server took a letter over in an attempt that began at `sent_at`; the letter counts its deadline from then.
pub(in crate::actions) fn letter_accepted(
    tx: &mut Tx<'_>,
    letter: &LetterRow,
    sent_at: Moment,
) -> Result<(), ActionError> {
    let Some(id) = letter.case_id.map(CaseId).filter(|_| letter.customer_id.is_some()) else { return Ok(()) };
    if !letter.tells_of_case() {
        return Ok(());
    }
    let mut case = cases::get(tx.conn, id)?;
    let how = Reached::Letter(LetterId(letter.id));
    match case.state {
        CaseState::Undelivered(_) if letter.names_deadline() => {
            reach(tx, &mut case, sent_at, how, ("", &Actor::System))
        }
        CaseState::Closed(..) if case.reached_at.is_none() => {
            reach_closed(tx, &mut case, sent_at, how, ("", &Actor::System))
        }
        _ => Ok(()),
    }
}

/// Starts the clock of a case that was forwarded.
pub(in crate::actions) fn reach(
    tx: &mut Tx<'_>,
    case: &mut Case,
    at: Moment,
    how: Reached,
    (why, actor): (&str, &Actor),
) -> Result<(), ActionError> {
    let forwarded = case.forwarded_at;
    let state = case.state.reach(at, how.letter())?;
    cases::set_state(tx.conn, case, state, tx.now)?;
    reviews::done_for_case(tx.conn, case.id, &[ReviewKind::NotReached], &actor.to_string(), tx.now)?;
    let what = CaseReached {
        deadline: case.state.forwarded().map(|f| f.deadline),
        delay: forwarded.map(|f| at.since(f)).filter(|late| *late > LATE).map(Span::in_words),
        ..reached(how, at, why)
    };
    tx.event(Subject::Case(case.id), actor, Event::CaseReached(what))
}

/// A customer learns of a case only after it ended: what ended it counts from now on.
fn reach_closed(
    tx: &mut Tx<'_>,
    case: &mut Case,
    at: Moment,
    how: Reached,
    (why, actor): (&str, &Actor),
) -> Result<(), ActionError> {
    cases::set_reached(tx.conn, case, Some(at), how.letter())?;
    tx.event(Subject::Case(case.id), actor, Event::CaseReached(reached(how, at, why)))?;
    if matches!(case.state, CaseState::Closed(Outcome::Removed | Outcome::Disabled, _)) {
        count_strike(tx, case)?;
    }
    Ok(())
}

fn reached(how: Reached, at: Moment, why: &str) -> CaseReached {
    let by = how.code().to_owned();
    CaseReached { by, at, letter: how.letter(), deadline: None, delay: None, reason: why.into() }
}

/// What a person records: in which way the customer was told of the case, and when.
#[derive(Clone, Debug)]
pub struct ContactMade {
    pub way: ContactWay,
    pub at: Moment,
    /// Whom, what was said.
    pub note: String,
}

/// Records that the customer was told of a case in another way than by letter. The clock of a case nobody was reached
/// for runs from then; one that runs no longer depends on a letter.
pub fn record_contact(tx: &mut Tx<'_>, id: CaseId, made: &ContactMade, actor: &Actor) -> Result<(), ActionError> {
    let refused = |words: &str| ActionError::Refused(words.to_owned());
    let note = reason(&made.note)?;
    let mut case = cases::get(tx.conn, id)?;
    if made.at > tx.now {
        return Err(refused("The time the customer was notified cannot be in the future."));
    }
    // People name a minute, not a second.
    if made.at + Span::minutes(1) <= case.received_at {
        return Err(refused("The customer cannot have been notified before the notice was received."));
    }
    let at = made.at.max(case.received_at);
    let how = Reached::Recorded(made.way);
    if case.state == CaseState::InReview {
        forward_without_letter(tx, &mut case, actor)?;
    }
    match &case.state {
        CaseState::Undelivered(_) => reach(tx, &mut case, at, how, (&note, actor)),
        CaseState::Closed(..) if case.reached_at.is_none() => reach_closed(tx, &mut case, at, how, (&note, actor)),
        CaseState::Awaiting(_) | CaseState::Unanswered(_) => {
            let state = case.state.reached_in_person()?;
            cases::set_state(tx.conn, &mut case, state, tx.now)?;
            tx.event(Subject::Case(id), actor, Event::CaseReached(reached(how, at, &note)))
        }
        _ => Err(refused("This case does not wait for its customer to be reached.")),
    }
}

/// A person decided about a case by telling the customer of it.
fn forward_without_letter(tx: &mut Tx<'_>, case: &mut Case, actor: &Actor) -> Result<(), ActionError> {
    let customer = crate::storage::customers::get(tx.conn, case.customer_id)?;
    let period = tx.policy()?.policy.segment(&customer.segment).deadline;
    let state = case.state.forward(tx.now, period)?;
    cases::set_state(tx.conn, case, state, tx.now)?;
    reviews::done_for_case(tx.conn, case.id, &super::forward_case::SETTLED, &actor.to_string(), tx.now)?;
    tx.event(Subject::Case(case.id), actor, Event::CaseForwarded(ContactCount { contacts: 0 }))
}
