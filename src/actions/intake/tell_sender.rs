//! The sender of a notice is told at once: the receipt, or what is missing. 17 USC 512(c)(3)(B)(ii).

use super::receipt::Told;
use super::types::{Arriving, Linked};
use crate::actions::access::private_links::confirm_link;
use crate::actions::context::{About, ActionError, To, Tx};
use crate::domain::access::private_link::{LinkPage, PrivateLink};
use crate::domain::access::token::PlainToken;
use crate::domain::base::ids::{CustomerId, NoticeId, Reference};
use crate::domain::base::moment::Moment;
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::regimes::us_512::finding::Weight;
use crate::mail::letters::{Acknowledgement, ConfirmAddress, Due, MissingElements, MissingItem};
use crate::storage::intake::notices;

/// The receipt, or the list of what is missing; nothing where no email address was given.
pub(in crate::actions) fn tell_sender(
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
    let vouched = Some(arriving.kept.speaks_for.vouches_for(&address.mailbox()));
    let about = About { notice: Some(arriving.id), vouched, ..About::default() };
    let to = To { name: &complainant.name, address: address.as_str() };
    match arriving.verdict.class {
        Class::Complete => {
            let receipt = receipt(tx, arriving, owner_of, token)?;
            tx.queue(&receipt, &to, about)?;
        }
        class => tx.queue(&missing(arriving, token, class), &to, about)?,
    }
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
) -> Result<Acknowledgement, ActionError> {
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
        confirm_by: linked.gate.confirm_by,
        staff_first: linked.gate.admission.needs_staff(),
        link: PrivateLink::new(LinkPage::Status, token.clone()),
    };
    Ok(told.acknowledgement(&tx.policy()?.policy))
}

/// The reference of the notice that is repeated, where it is one.
fn repeats_notice(tx: &mut Tx<'_>, linked: &Linked) -> Result<String, ActionError> {
    Ok(match linked.ties.duplicate_of {
        Some(id) => notices::get(tx.conn, id)?.reference.to_string(),
        None => String::new(),
    })
}

/// Asks the sender of a notice to confirm the email address, where cases wait for it.
pub(in crate::actions) fn ask_to_confirm(
    tx: &mut Tx<'_>,
    (id, reference): (NoticeId, &Reference),
    received: Moment,
    by: Moment,
    to: &To<'_>,
) -> Result<(), ActionError> {
    let letter =
        ConfirmAddress { notice: reference.to_string(), received, by: Due::At(by), link: confirm_link(tx, id, by)? };
    tx.queue(&letter, to, About { notice: Some(id), ..About::default() })
}

fn missing(arriving: &Arriving<'_>, token: &PlainToken, class: Class) -> MissingElements {
    let items = arriving.verdict.findings.iter().filter(|f| f.code.weight() == Weight::Missing);
    MissingElements {
        notice: arriving.reference.to_string(),
        received: arriving.kept.received,
        items: items
            .map(|f| MissingItem {
                title: f.code.element().title().to_owned(),
                cite: f.code.element().cite(),
                remedy: f.code.remedy().to_owned(),
            })
            .collect(),
        link: PrivateLink::new(LinkPage::Cure, token.clone()),
        curable: class == Class::Curable,
    }
}
