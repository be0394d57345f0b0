//! What the receiving server said about a letter.

use crate::actions::cases::lose_contact::letter_lost;
use crate::actions::cases::reach_customer::letter_accepted;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{CaseId, CustomerId, LetterId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::domain::record::event::{Actor, Happening, Subject};
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
        Delivery::Accepted(answer) => ("letter.accepted", answer),
        Delivery::Failed(answer) => ("letter.failed", answer),
        Delivery::Withheld(answer) => ("letter.withheld", answer),
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
    if let Some(subject) = subject_of(letter) {
        let digests = letter_digests::of(tx.conn, std::slice::from_ref(letter))?;
        let stored = digests.get(&letter.id).and_then(|digests| digests.of_event(kind));
        let what = what_happened(letter, kind, answer);
        let what = stored.map_or(what.clone(), |digest| what.fact("sha256", digest.as_str()));
        tx.event(subject, &Actor::System, &what)?;
    }
    if failed || withheld { letter_lost(tx, letter) } else { letter_accepted(tx, letter, sent_at) }
}

fn what_happened(letter: &LetterRow, kind: &'static str, answer: &str) -> Happening {
    Happening::new(kind).fact("letter", letter.id).fact("kind", letter.kind.as_str()).fact("answer", answer)
}

/// Whose record a letter belongs to.
pub(in crate::actions) fn subject_of(letter: &LetterRow) -> Option<Subject> {
    letter
        .case_id
        .map(|id| Subject::Case(CaseId(id)))
        .or(letter.notice_id.map(|id| Subject::Notice(NoticeId(id))))
        .or(letter.customer_id.map(|id| Subject::Customer(CustomerId(id))))
}
