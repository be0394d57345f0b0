//! What the receiving server said about a letter.

use super::lose_contact::letter_lost;
use super::reach_customer::letter_accepted;
use super::{ActionError, Tx};
use crate::domain::contact::one_line;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::{CaseId, CustomerId, LetterId, NoticeId};
use crate::domain::moment::Moment;
use crate::storage::contacts;
use crate::storage::letter_words;
use crate::storage::letters::{self, Delivery, LetterRow};
use crate::storage::reviews::{self, ReviewKind};

/// Records an attempt that began at `sent_at`. An acceptance may start the clock of the case it is about; a refusal is
/// an event and a review item: someone has not been told.
pub fn record_delivery(
    tx: &mut Tx<'_>,
    letter: &LetterRow,
    delivery: &Delivery,
    sent_at: Moment,
) -> Result<(), ActionError> {
    if !letters::settle(tx.conn, letter, delivery, tx.now)? {
        // It came back, or was settled elsewhere, while this attempt was made.
        return Ok(());
    }
    let customer = letter.customer_id.map(CustomerId);
    let (kind, answer) = match delivery {
        Delivery::Deferred(..) | Delivery::NotBegun(_) => return Ok(()),
        Delivery::Accepted(answer) => ("letter.accepted", answer),
        Delivery::Failed(answer) => ("letter.failed", answer),
    };
    let failed = matches!(delivery, Delivery::Failed(_));
    if let Some(customer) = customer {
        contacts::failed(tx.conn, customer, &letter.to_address, failed.then_some(tx.now))?;
    }
    if failed {
        let about = reviews::About {
            case: letter.case_id.map(CaseId),
            notice: letter.notice_id.map(NoticeId),
            letter: Some(LetterId(letter.id)),
            submission: None,
        };
        reviews::raise(tx.conn, ReviewKind::LetterRefused, about, &one_line(answer, 300), tx.now)?;
    }
    if let Some(subject) = subject_of(letter) {
        let what = what_happened(letter, kind, answer).fact("sha256", letter_words::digest(tx.conn, letter)?);
        tx.event(subject, &Actor::System, &what)?;
    }
    if failed { letter_lost(tx, letter) } else { letter_accepted(tx, letter, sent_at) }
}

fn what_happened(letter: &LetterRow, kind: &'static str, answer: &str) -> Happening {
    Happening::new(kind).fact("letter", letter.id).fact("kind", letter.kind.as_str()).fact("answer", answer)
}

/// Whose record a letter belongs to.
pub(super) fn subject_of(letter: &LetterRow) -> Option<Subject> {
    letter
        .case_id
        .map(|id| Subject::Case(CaseId(id)))
        .or(letter.notice_id.map(|id| Subject::Notice(NoticeId(id))))
        .or(letter.customer_id.map(|id| Subject::Customer(CustomerId(id))))
}

/// Staff send a letter again.
pub fn retry_letter(tx: &mut Tx<'_>, id: LetterId, actor: &Actor) -> Result<(), ActionError> {
    let letter = letters::get(tx.conn, id)?;
    if !letters::retry(tx.conn, id, tx.now)? {
        return Err(ActionError::Refused("This letter is on its way or has been accepted.".to_owned()));
    }
    reviews::done_for_letter(tx.conn, id, &actor.to_string(), tx.now)?;
    let Some(subject) = subject_of(&letter) else { return Ok(()) };
    tx.event(subject, actor, &Happening::new("letter.retried").fact("letter", id.0))
}
