//! What can be done for notices before the transaction that stores them, on a connection that only reads: whose their
//! locations are, and the words of their receipts. The one writer of the embedded database has less to do then.
//!
//! Nothing is decided here. A receipt is put into words as if nothing in the notice had been reported before, which is
//! the rule; where the transaction finds that it says something else, it is put into words anew.

use std::collections::BTreeSet;

use super::match_locations::owners;
use super::receipt::Told;
use super::receive_notice::{Opened, fingerprint};
use super::{ActionError, Ground, Tx};
use crate::domain::elements::Class;
use crate::domain::ids::{CaseId, CustomerId, Kind, Reference};
use crate::domain::reading::{Reading, Understanding};
use crate::domain::token::PlainToken;
use crate::mail::letter::Letter;
use crate::mail::letters::Acknowledgement;

/// What was prepared for one notice.
pub struct Prepared {
    /// Whose each location is.
    pub(super) owners: Vec<Option<CustomerId>>,
    /// The reference it gets, unless that is taken.
    pub(super) reference: Reference,
    /// References of its cases, in the order of their customers.
    pub(super) cases: Vec<Reference>,
    /// Where its sender follows it.
    pub(super) link: PlainToken,
    /// What it was prepared by.
    pub(super) ground: Ground,
    /// The words of a receipt that says this.
    pub(super) receipt: Option<(Acknowledgement, Letter)>,
}

impl Prepared {
    /// The letter that says what is to be told, if it is there.
    pub(super) fn letter(&self, told: &Acknowledgement) -> Option<Letter> {
        let (said, letter) = self.receipt.as_ref()?;
        (said == told).then(|| letter.clone())
    }
}

/// What was prepared for the notices of a document, in their order; retractions, and what could not be prepared, have
/// nothing.
pub type OfDocument = Vec<Option<Prepared>>;

/// Prepares the notices of some documents, each with the digest of its submission. Changes nothing.
pub fn prepare_notices(tx: &mut Tx<'_>, documents: &[(&[u8], &[Reading])]) -> Result<Vec<OfDocument>, ActionError> {
    let notices = documents.iter().flat_map(|(_, readings)| *readings).filter(|r| !r.retraction);
    let understood: Vec<&Understanding> = notices.map(Reading::understood).collect();
    let mut owners = owners(tx.conn, &understood, tx.now)?.into_iter();
    let mut prepared = Vec::with_capacity(documents.len());
    for (digest, readings) in documents {
        let fingerprint = fingerprint(digest);
        let mut of_document = Vec::with_capacity(readings.len());
        for reading in *readings {
            let owners = if reading.retraction { None } else { owners.next() };
            let link = tx.house.entropy.link(tx.now);
            let ready = |owners| prepare(tx, reading.understood(), (&fingerprint, link), owners);
            of_document.push(owners.map(ready).transpose()?);
        }
        prepared.push(of_document);
    }
    Ok(prepared)
}

/// Prepares the one notice of a submission whose status link is known.
pub fn prepare_notice(
    tx: &mut Tx<'_>,
    digest: &[u8],
    reading: &Reading,
    link: PlainToken,
) -> Result<Prepared, ActionError> {
    let understood = reading.understood();
    let owners = owners(tx.conn, &[understood], tx.now)?.pop().unwrap_or_default();
    prepare(tx, understood, (&fingerprint(digest), link), owners)
}

fn prepare(
    tx: &mut Tx<'_>,
    understood: &Understanding,
    (fingerprint, link): (&str, PlainToken),
    owners: Vec<Option<CustomerId>>,
) -> Result<Prepared, ActionError> {
    let reference = tx.house.entropy.reference(Kind::Notice, tx.now);
    let mut opened = Vec::new();
    let mut receipt = None;
    if understood.verdict.class == Class::Complete {
        opened = to_open(tx, &owners);
        receipt = words(tx, understood, (&reference, &link), fingerprint, (&owners, &opened))?;
    }
    let cases = opened.into_iter().map(|o| o.reference).collect();
    Ok(Prepared { owners, reference, cases, link, ground: tx.ground()?, receipt })
}

/// The cases that are opened where nothing repeats what is in hand.
fn to_open(tx: &Tx<'_>, owners: &[Option<CustomerId>]) -> Vec<Opened> {
    let customers: BTreeSet<CustomerId> = owners.iter().flatten().copied().collect();
    let case = |_| Opened { id: CaseId(0), reference: tx.house.entropy.reference(Kind::Case, tx.now) };
    customers.into_iter().map(case).collect()
}

fn words(
    tx: &mut Tx<'_>,
    understood: &Understanding,
    (reference, link): (&Reference, &PlainToken),
    fingerprint: &str,
    (owners, opened): (&[Option<CustomerId>], &[Opened]),
) -> Result<Option<(Acknowledgement, Letter)>, ActionError> {
    let address = understood.notice.complainant.email.as_ref();
    if address.is_none_or(|a| tx.house.config.is_own_address(a)) {
        return Ok(None);
    }
    let told = Told {
        reference,
        received: tx.now,
        fingerprint,
        notice: &understood.notice,
        owner_of: owners,
        opened,
        repeats: &[],
        repeats_notice: String::new(),
        by_others: 0,
        unconfirmed: false,
        staff_first: false,
        link: tx.url(&format!("/n/{}", link.reveal())),
    };
    let told = told.acknowledgement(&tx.policy()?.policy);
    let letter = told.letter(&tx.sender())?;
    Ok(Some((told, letter)))
}
