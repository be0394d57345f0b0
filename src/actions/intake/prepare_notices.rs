//! What can be done for notices before the transaction that stores them, on a connection that only reads: whose their
//! locations are. The one writer of the embedded database has less to do then. Nothing is decided here.

use super::match_locations::owners;
use crate::actions::context::{ActionError, Snapshot, Tx};
use crate::domain::access::token::PlainToken;
use crate::domain::base::ids::CustomerId;
use crate::domain::intake::parsed_notice::{AssessedNotice, ParsedNotice};

/// What was prepared for one notice.
pub struct Prepared {
    /// Whose each location is.
    pub(in crate::actions) owners: Vec<Option<CustomerId>>,
    /// Where its sender follows it.
    pub(in crate::actions) link: PlainToken,
    /// What it was prepared by.
    pub(in crate::actions) snapshot: Snapshot,
}

/// What was prepared for the notices of a document, in their order; retractions, and what could not be prepared, have
/// nothing.
pub type OfDocument = Vec<Option<Prepared>>;

/// Prepares the notices of some documents. Changes nothing.
pub fn prepare_notices(tx: &mut Tx<'_>, documents: &[&[ParsedNotice]]) -> Result<Vec<OfDocument>, ActionError> {
    let notices = documents.iter().flat_map(|readings| *readings).filter(|r| !r.retraction);
    let understood: Vec<&AssessedNotice> = notices.map(ParsedNotice::understood).collect();
    let mut owners = owners(tx.conn, &understood, tx.now)?.into_iter();
    let mut prepared = Vec::with_capacity(documents.len());
    for readings in documents {
        let mut of_document = Vec::with_capacity(readings.len());
        for reading in *readings {
            let owners = if reading.retraction { None } else { owners.next() };
            let link = tx.context.entropy.link(tx.now);
            let ready = |owners| Ok::<_, ActionError>(Prepared { owners, link, snapshot: tx.snapshot()? });
            of_document.push(owners.map(ready).transpose()?);
        }
        prepared.push(of_document);
    }
    Ok(prepared)
}

/// Prepares the one notice of a submission whose status link is known.
pub fn prepare_notice(tx: &mut Tx<'_>, reading: &ParsedNotice, link: PlainToken) -> Result<Prepared, ActionError> {
    let owners = owners(tx.conn, &[reading.understood()], tx.now)?.pop().unwrap_or_default();
    Ok(Prepared { owners, link, snapshot: tx.snapshot()? })
}
