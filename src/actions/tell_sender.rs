//! The sender of a notice is told at once: the receipt, or what is missing. 17 USC 512(c)(3)(B)(ii).

use super::link_notice::Linked;
use super::receipt::Told;
use super::receive_notice::Arriving;
use super::{About, ActionError, To, Tx};
use crate::domain::elements::Class;
use crate::domain::finding::Weight;
use crate::domain::ids::{CustomerId, NoticeId, Reference};
use crate::domain::moment::{Moment, Span};
use crate::domain::token::PlainToken;
use crate::mail::letter::Letter;
use crate::mail::letters::{ConfirmAddress, Due, MissingElements, MissingItem};
use crate::storage::links::{self, Target};
use crate::storage::notices;

/// The receipt, or the list of what is missing; nothing where no mail address was given.
pub(super) fn tell_sender(
    tx: &mut Tx<'_>,
    arriving: &Arriving<'_>,
    owner_of: &[Option<CustomerId>],
    token: &PlainToken,
) -> Result<(), ActionError> {
    let complainant = &arriving.notice.complainant;
    // A letter to one of our own mailboxes would come back as mail.
    let Some(address) = complainant.email.as_ref().filter(|a| !tx.house.config.is_own_address(a)) else {
        return Ok(());
    };
    let letter = match arriving.verdict.class {
        Class::Complete => receipt(tx, arriving, owner_of, token)?,
        class => missing(tx, arriving, token, class).letter(&tx.sender())?,
    };
    let vouched = Some(arriving.kept.speaks_for.vouches_for(&address.plain()));
    let about = About { notice: Some(arriving.id), vouched, ..About::default() };
    let to = To { name: &complainant.name, address: address.as_str() };
    tx.queue(letter, &to, about)?;
    match arriving.linked.gate.confirm_by.filter(|_| !arriving.opened.is_empty()) {
        Some(by) => ask_to_confirm(tx, (arriving.id, &arriving.reference), arriving.kept.received, by, &to),
        None => Ok(()),
    }
}

fn receipt(
    tx: &mut Tx<'_>,
    arriving: &Arriving<'_>,
    owner_of: &[Option<CustomerId>],
    token: &PlainToken,
) -> Result<Letter, ActionError> {
    let linked = arriving.linked;
    let told = Told {
        reference: &arriving.reference,
        received: arriving.kept.received,
        fingerprint: &arriving.kept.fingerprint,
        notice: arriving.notice,
        owner_of,
        opened: &arriving.opened,
        repeats: &linked.repeats,
        repeats_notice: repeats_notice(tx, linked)?,
        by_others: linked.reported_by_others(),
        unconfirmed: linked.gate.confirm_by.is_some(),
        staff_first: linked.gate.admission.needs_staff(),
        link: tx.url(&format!("/n/{}", token.reveal())),
    };
    let told = told.acknowledgement(&tx.policy()?.policy);
    match arriving.prepared.and_then(|p| p.letter(&told)) {
        Some(letter) => Ok(letter),
        None => Ok(told.letter(&tx.sender())?),
    }
}

/// The reference of the notice that is repeated, where it is one.
fn repeats_notice(tx: &mut Tx<'_>, linked: &Linked) -> Result<String, ActionError> {
    Ok(match linked.ties.duplicate_of {
        Some(id) => notices::get(tx.conn, id)?.reference.to_string(),
        None => String::new(),
    })
}

/// Asks the sender of a notice to confirm the mail address, where cases wait for it.
pub(super) fn ask_to_confirm(
    tx: &mut Tx<'_>,
    (id, reference): (NoticeId, &Reference),
    received: Moment,
    by: Moment,
    to: &To<'_>,
) -> Result<(), ActionError> {
    let token = tx.house.entropy.link(tx.now);
    // Confirming late still helps: a person may not have looked yet.
    links::insert(tx.conn, &token, Target::Confirm(id), by + Span::days(29), tx.now)?;
    let due = Due::new(by, &tx.house.config.agent.time_zone);
    let letter = ConfirmAddress {
        notice: reference.to_string(),
        received: received.long(),
        by: due.full,
        by_local: due.local,
        brief: due.brief,
        link: tx.url(&format!("/confirm/{}", token.reveal())),
    }
    .letter(&tx.sender())?;
    tx.queue(letter, to, About { notice: Some(id), ..About::default() })
}

fn missing(tx: &Tx<'_>, arriving: &Arriving<'_>, token: &PlainToken, class: Class) -> MissingElements {
    let items = arriving.verdict.findings.iter().filter(|f| f.code.weight() == Weight::Missing);
    MissingElements {
        notice: arriving.reference.to_string(),
        received: arriving.kept.received.long(),
        items: items
            .map(|f| MissingItem {
                title: f.code.element().title().to_owned(),
                cite: f.code.element().cite(),
                remedy: f.code.remedy().to_owned(),
            })
            .collect(),
        link: tx.url(&format!("/n/{}/cure", token.reveal())),
        curable: class == Class::Curable,
    }
}
