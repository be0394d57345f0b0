//! The signed digest of a checkpoint goes to whoever keeps it outside the installation.

use crate::actions::context::{About, ActionError, To, Tx};
use crate::mail::letters::RecordDigest;

/// Puts the letter into the outbox, where an address is set.
pub fn send_digest(
    tx: &mut Tx<'_>,
    (id, digest): (i64, &str),
    statement: &str,
    signature: &str,
) -> Result<(), ActionError> {
    let Some(address) = tx.context.config.record.digest_email.clone() else { return Ok(()) };
    let letter = RecordDigest {
        id,
        digest: digest.to_owned(),
        made: tx.now,
        lines: statement.lines().chain(signature.lines()).map(str::to_owned).collect(),
    };
    tx.queue(&letter, &To { name: "", address: address.as_str() }, About::default())
}
