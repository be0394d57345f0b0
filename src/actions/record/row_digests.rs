//! What an event tells of the rows beside it, so that `verify-log` finds a later change of them: where a case and its
//! locations stand after what happened, and the digest of the submission it names.

use crate::actions::context::{ActionError, Tx};
use crate::domain::record::event::{Happening, Subject};
use crate::storage::cases;
use crate::storage::intake::submissions;
use crate::storage::material::locations;

/// Kinds of events about a case that leave its state as it is.
const BESIDE: [&str; 4] = ["letter.", "mail.", "probe.", "evidence."];
/// Kinds of events after which locations of a case may stand elsewhere.
const MOVED: [&str; 8] = [
    "case.answered",
    "case.withdrawn",
    "locations.disabled",
    "location.disable_requested",
    "location.released",
    "location.restore_requested",
    "location.restored",
    "location.returned",
];

/// The event with what it tells of stored rows. Digests and codes only: no personal data.
pub(in crate::actions) fn with_facts(
    tx: &mut Tx<'_>,
    subject: Subject,
    what: &Happening,
) -> Result<Happening, ActionError> {
    let mut told = what.clone();
    if let Some(id) = told.facts.get("submission").and_then(serde_json::Value::as_i64) {
        told = told.fact("submission_sha256", submissions::stored_digest(tx.conn, id)?);
    }
    let Subject::Case(id) = subject else { return Ok(told) };
    if !BESIDE.iter().any(|start| what.kind.starts_with(start)) {
        told = told.fact("case_state", cases::stands(tx.conn, id)?);
    }
    if MOVED.contains(&what.kind) {
        told = told.fact("locations_sha256", locations::states_digest(tx.conn, id)?);
    }
    Ok(told)
}
