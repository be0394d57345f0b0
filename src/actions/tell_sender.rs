//! The sender of a notice is told at once: the receipt, or what is missing. 17 USC 512(c)(3)(B)(ii).

use super::receive_notice::Arriving;
use super::{About, ActionError, To, Tx};
use crate::domain::contact::one_line;
use crate::domain::elements::Class;
use crate::domain::finding::Weight;
use crate::domain::ids::CustomerId;
use crate::domain::location::Place;
use crate::domain::token::PlainToken;
use crate::mail::letters::{Acknowledgement, LISTED, MissingElements, MissingItem, OpenedCase};

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
    let sender = tx.sender();
    let letter = match arriving.verdict.class {
        Class::Complete => acknowledgement(tx, arriving, owner_of, token)?.letter(&sender)?,
        class => missing(tx, arriving, token, class).letter(&sender)?,
    };
    let about = About { notice: Some(arriving.id), ..About::default() };
    tx.queue(letter, &To { name: &complainant.name, address: address.as_str() }, about)?;
    Ok(())
}

fn acknowledgement(
    tx: &mut Tx<'_>,
    arriving: &Arriving<'_>,
    owner_of: &[Option<CustomerId>],
    token: &PlainToken,
) -> Result<Acknowledgement, ActionError> {
    let policy = tx.policy()?.policy;
    let longest = policy.segments.values().map(|s| s.deadline).max().unwrap_or_default();
    let (mut not_hosted, mut unreadable) = (Vec::new(), Vec::new());
    for (location, owner) in arriving.notice.locations.iter().zip(owner_of) {
        match (&location.place, owner) {
            (Place::Unreadable(_), _) => unreadable.push(one_line(&location.as_written, 200)),
            (_, None) => not_hosted.push(location.shown().to_owned()),
            (_, Some(_)) => {}
        }
    }
    let listed = arriving.opened.iter().take(LISTED);
    Ok(Acknowledgement {
        notice: arriving.reference.to_string(),
        received: arriving.kept.received.full(),
        hosted: owner_of.iter().flatten().count(),
        not_hosted,
        unreadable,
        cases: listed.map(|o| OpenedCase { reference: o.reference.to_string(), locations: o.locations }).collect(),
        case_count: arriving.opened.len(),
        link: tx.url(&format!("/n/{}", token.reveal())),
        deadline: format!("up to {}", longest.as_period()),
        fingerprint: arriving.kept.fingerprint.clone(),
    })
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
        link: tx.url(&format!("/n/{}", token.reveal())),
        curable: class == Class::Curable,
    }
}
