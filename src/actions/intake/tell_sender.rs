//! The sender of a notice is told at once: the receipt, or what is missing. 17 USC 512(c)(3)(B)(ii).

use super::receipt::ReceiptData;
use super::types::{NoticeDraft, Relations};
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
    draft: &NoticeDraft<'_>,
    owner_of: &[Option<CustomerId>],
    token: &PlainToken,
) -> Result<(), ActionError> {
    let complainant = &draft.notice.complainant;
    // A letter to one of our own mailboxes would come back as mail.
    let Some(address) = complainant.email.as_ref().filter(|a| !tx.context.config.is_own_address(a)) else {
        return Ok(());
    };
    let vouched = Some(draft.kept.speaks_for.vouches_for(&address.mailbox()));
    let about = About { notice: Some(draft.id), vouched, ..About::default() };
    let to = To { name: &complainant.name, address: address.as_str() };
    match draft.verdict.class {
        Class::Complete => {
            let receipt = receipt(tx, draft, owner_of, token)?;
            tx.queue(&receipt, &to, about)?;
        }
        class => tx.queue(&missing(draft, token, class), &to, about)?,
    }
    match draft.relations.gate.confirm_by.filter(|_| !draft.opened.is_empty()) {
        Some(by) => ask_to_confirm(tx, (draft.id, &draft.reference), draft.kept.received, by, &to),
        None => Ok(()),
    }
}

fn receipt(
    tx: &mut Tx<'_>,
    draft: &NoticeDraft<'_>,
    owner_of: &[Option<CustomerId>],
    token: &PlainToken,
) -> Result<Acknowledgement, ActionError> {
    let relations = draft.relations;
    let told = ReceiptData {
        reference: &draft.reference,
        received: draft.kept.received,
        fingerprint: &draft.kept.fingerprint,
        notice: draft.notice,
        owner_of,
        opened: &draft.opened,
        repeats: &relations.repeats,
        repeats_notice: repeats_notice(tx, relations)?,
        by_others: relations.reported_by_others(),
        confirm_by: relations.gate.confirm_by,
        staff_first: relations.gate.admission.needs_staff(),
        link: PrivateLink::new(LinkPage::Status, token.clone()),
    };
    Ok(told.acknowledgement(&tx.policy()?.policy))
}

/// The reference of the notice that is repeated, where it is one.
fn repeats_notice(tx: &mut Tx<'_>, relations: &Relations) -> Result<String, ActionError> {
    Ok(match relations.ties.duplicate_of {
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

fn missing(draft: &NoticeDraft<'_>, token: &PlainToken, class: Class) -> MissingElements {
    let items = draft.verdict.findings.iter().filter(|f| f.code.weight() == Weight::Missing);
    MissingElements {
        notice: draft.reference.to_string(),
        received: draft.kept.received,
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
