//! Whether a bounce is what it says: anybody who got a letter knows its Message-ID and can write a report about it.

use super::record_delivery::{receiver_of, subject_of};
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::base::ids::{CaseId, LetterId, NoticeId};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::cases::case::CaseState;
use crate::domain::record::event::intake::BounceClaimed;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::formats::mail::{Block, Bounce, Fate};
use crate::storage::cases;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::outbox::letters::LetterRow;

/// How long after its acceptance a letter can come back by itself: servers give up within five days or so (RFC 5321
/// section 4.5.4.1).
const COMES_BACK: Span = Span::days(7);

/// A bounce held against the letter that it names.
#[derive(Clone, Copy, Debug)]
pub(in crate::actions) enum Weighed<'a> {
    /// It names the addressee of the letter and comes as the bounces of mail servers come.
    Fits(&'a Block),
    /// It does not fit, and why: a claim that changes nothing about the letter.
    Claim(&'static str),
}

/// Holds a bounce against its letter. `refused_sender` says that the mail fails the checks of its own domain, `with_sender`
/// that its envelope has a sender, which no report of a mail server has (RFC 3464 section 2).
///
/// Nothing proves a report: its receiver can write one. For as long as servers try, it is believed all the same, as nobody
/// is judged who was not told; later, and once a case has ended, a person decides.
pub(in crate::actions) fn weigh<'a>(
    bounce: &'a Bounce,
    letter: &LetterRow,
    (with_sender, refused_sender): (bool, bool),
    late: Option<&'static str>,
) -> Weighed<'a> {
    let Some(block) = EmailAddress::parse(&letter.to_address).and_then(|to| bounce.of(&to)) else {
        return Weighed::Claim("it names another receiver");
    };
    if refused_sender {
        return Weighed::Claim("it fails the checks of the domain it says it comes from");
    }
    if with_sender || !bounce.by_server {
        return Weighed::Claim("it does not come from a mail server");
    }
    if matches!(letter.state.as_str(), "queued" | "gathered" | "withheld") {
        return Weighed::Claim("the letter has not been sent yet");
    }
    late.map_or(Weighed::Fits(block), Weighed::Claim)
}

/// Why a report about a letter comes too late to change something by itself, if so.
pub(in crate::actions) fn too_late(tx: &mut Tx<'_>, letter: &LetterRow) -> Result<Option<&'static str>, ActionError> {
    if letter.settled_at.is_some_and(|at| Moment(at) + COMES_BACK < tx.now) {
        return Ok(Some("it comes more than a week after the letter was accepted"));
    }
    let Some(id) = letter.case_id.map(CaseId) else { return Ok(None) };
    let case = cases::get(tx.conn, id)?;
    let started = case.reached_letter == Some(LetterId(letter.id));
    let waits = matches!(case.state, CaseState::Awaiting(_) | CaseState::Unanswered(_));
    Ok((started && !waits).then_some("the case no longer waits for an answer"))
}

impl Weighed<'_> {
    /// What it says became of the letter; a claim is as bad as the worst that it says of anybody.
    pub(in crate::actions) fn fate(&self, bounce: &Bounce) -> Fate {
        match self {
            Self::Fits(block) => block.fate,
            Self::Claim(_) => bounce.worst(),
        }
    }
}

/// Records a bounce that does not fit: on the timeline and before a person; the letter stays as it is.
pub(in crate::actions) fn claim_bounce(
    tx: &mut Tx<'_>,
    letter: &LetterRow,
    (bounce, why): (&Bounce, &str),
    submission: i64,
) -> Result<(), ActionError> {
    let answer = bounce.blocks.iter().min_by_key(|b| b.fate).map(|b| b.answer.as_str()).unwrap_or_default();
    let about = reviews::About {
        case: letter.case_id.map(CaseId),
        notice: letter.notice_id.map(NoticeId),
        letter: Some(LetterId(letter.id)),
        submission: Some(submission),
    };
    let note = one_line(&format!("Not confirmed, {why}: {answer}"), 300);
    reviews::raise(tx.conn, ReviewKind::BounceClaimed, about, &note, tx.now)?;
    let what = BounceClaimed {
        submission,
        letter: LetterId(letter.id),
        receiver: receiver_of(letter),
        why: why.to_owned(),
        answer: one_line(answer, 500).into(),
    };
    tx.event(subject_of(letter).unwrap_or(Subject::Installation), &Actor::System, Event::MailBounceClaimed(what))
}
