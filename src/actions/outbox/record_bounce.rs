//! A letter came back after the receiving server had taken it over.

use super::record_delivery::{receiver_of, subject_of};
use crate::actions::cases::lose_contact::letter_lost;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{CaseId, CustomerId, LetterId, NoticeId};
use crate::domain::record::event::outbox::LetterBounced;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::formats::mail::Block;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::customers::contacts;
use crate::storage::outbox::letters::{self, LetterRow};

/// Moves the letter to `bounced`, marks the contact, tries contacts not written to yet, asks a person to look. What the
/// server said that had taken the letter over stays on record beside what came back.
pub(in crate::actions) fn record_bounce(
    tx: &mut Tx<'_>,
    letter: &LetterRow,
    block: &Block,
    submission: i64,
) -> Result<(), ActionError> {
    let answer = one_line(&block.answer, 500);
    if !letters::bounced(tx.conn, LetterId(letter.id), &answer, tx.now)? {
        return Ok(());
    }
    if let Some(customer) = letter.customer_id.map(CustomerId) {
        contacts::failed(tx.conn, customer, &letter.to_address, Some(tx.now))?;
    }
    let about = reviews::About {
        case: letter.case_id.map(CaseId),
        notice: letter.notice_id.map(NoticeId),
        letter: Some(LetterId(letter.id)),
        submission: Some(submission),
    };
    reviews::raise(tx.conn, ReviewKind::LetterBounced, about, &one_line(&answer, 300), tx.now)?;
    let what = LetterBounced {
        letter: LetterId(letter.id),
        kind: letter.kind.clone(),
        receiver: receiver_of(letter),
        submission,
        answer: answer.into(),
    };
    tx.event(subject_of(letter).unwrap_or(Subject::Installation), &Actor::System, Event::LetterBounced(what))?;
    letter_lost(tx, letter)
}
