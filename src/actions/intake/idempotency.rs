//! A request with a key of the client's choice is done once; a repeat gets the same answer.

use sha2::{Digest, Sha256};

use crate::actions::context::{ActionError, Tx};
use crate::storage::intake::idempotency::{self, Known};

/// Which request it is, and what it asked for.
#[derive(Clone, Debug)]
pub struct Once {
    key_hash: Vec<u8>,
    body_digest: Vec<u8>,
}

impl Once {
    /// `who` keeps the keys of two callers apart; `what` is the request, body included.
    pub fn new(who: &str, key: &str, what: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in what {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let key_hash = Sha256::new().chain_update(who).chain_update("\0").chain_update(key).finalize().to_vec();
        Self { key_hash, body_digest: digest.finalize().to_vec() }
    }
}

/// An answer: status and body as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub json: String,
}

/// Does the work in this transaction and keeps its answer, or returns the one kept.
///
/// # Errors
/// [`ActionError::Reused`] where the same key came with another request.
pub fn once(
    tx: &mut Tx<'_>,
    once: Option<&Once>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<Answer, ActionError>,
) -> Result<Answer, ActionError> {
    let Some(once) = once else { return work(tx) };
    if let Some(known) = idempotency::find(tx.conn, &once.key_hash, tx.now)? {
        if known.body_digest != once.body_digest {
            return Err(ActionError::Reused);
        }
        return Ok(Answer { status: known.status, json: known.answer });
    }
    let answer = work(tx)?;
    let known = Known { body_digest: once.body_digest.clone(), status: answer.status, answer: answer.json.clone() };
    idempotency::keep(tx.conn, &once.key_hash, &known, tx.now)?;
    Ok(answer)
}
