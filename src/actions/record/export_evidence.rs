//! An archive of evidence was made: who, when, and the digest by which it can be recognised years later.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CaseId;
use crate::domain::record::event::record::EvidenceExported;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases;

/// Puts an export on record.
pub fn record_export(tx: &mut Tx<'_>, id: CaseId, manifest: &str, actor: &Actor) -> Result<(), ActionError> {
    let case = cases::get(tx.conn, id)?;
    let what = EvidenceExported { manifest_sha256: manifest.to_owned() };
    tx.event(Subject::Case(case.id), actor, Event::EvidenceExported(what))
}
