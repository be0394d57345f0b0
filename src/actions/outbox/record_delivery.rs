//! What the receiving server said about a letter.

use crate::actions::cases::lose_contact::letter_lost;
use crate::actions::cases::reach_customer::letter_accepted;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{CaseId, CustomerId, LetterId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::domain::record::event::outbox::{LetterHeld, LetterSettled, Receiver};
use crate::domain::record::event::{Actor, Event, EventKind, Owners, Private, Subject};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::customers::contacts;
use crate::storage::outbox::letter_digests;
use crate::storage::outbox::letters::{self, Delivery, LetterRow};

/// Records an attempt that began at `sent_at`. An acceptance may start the clock of the case it is about; a refusal is
/// an event and a review item: someone has not been told. A letter that was stored as a file reached nobody.
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
        Delivery::Accepted(answer) => (EventKind::LetterAccepted, answer),
        Delivery::Failed(answer) => (EventKind::LetterFailed, answer),
        Delivery::Withheld(answer) => (EventKind::LetterWithheld, answer),
    };
    let failed = matches!(delivery, Delivery::Failed(_));
    let withheld = matches!(delivery, Delivery::Withheld(_));
    if let Some(customer) = customer.filter(|_| !withheld) {
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
    on_record(tx, letter, kind, answer)?;
    if failed || withheld { letter_lost(tx, letter) } else { letter_accepted(tx, letter, sent_at) }
}

fn on_record(tx: &mut Tx<'_>, letter: &LetterRow, kind: EventKind, answer: &str) -> Result<(), ActionError> {
    let Some(subject) = subject_of(letter) else { return Ok(()) };
    let digests = letter_digests::of(tx.conn, std::slice::from_ref(letter))?;
    let stored = digests.get(&letter.id).and_then(|digests| digests.of_event(kind));
    if let Some(id) = letter.customer_id {
        tx.concerns(subject, Owners { customer: Some(CustomerId(id)), ..Owners::default() });
    }
    let what = LetterSettled {
        letter: LetterId(letter.id),
        kind: letter.kind.clone(),
        receiver: receiver_of(letter),
        answer: answer.into(),
        sha256: stored.map_or(Private::None, |digest| digest.as_str().into()),
    };
    let event = match kind {
        EventKind::LetterAccepted => Event::LetterAccepted(what),
        EventKind::LetterFailed => Event::LetterFailed(what),
        _ => Event::LetterWithheld(LetterHeld { letter: what.letter, kind: what.kind }),
    };
    tx.event(subject, &Actor::System, event)
}

/// Whom a letter was written to, as the record tells it.
pub(in crate::actions) fn receiver_of(letter: &LetterRow) -> Receiver {
    match (letter.customer_id, letter.case_id.or(letter.notice_id)) {
        (Some(_), _) => Receiver::Customer,
        (None, Some(_)) => Receiver::Sender,
        (None, None) => Receiver::Other,
    }
}

/// Whose record a letter belongs to.
pub(in crate::actions) fn subject_of(letter: &LetterRow) -> Option<Subject> {
    letter
        .case_id
        .map(|id| Subject::Case(CaseId(id)))
        .or(letter.notice_id.map(|id| Subject::Notice(NoticeId(id))))
        .or(letter.customer_id.map(|id| Subject::Customer(CustomerId(id))))
}
