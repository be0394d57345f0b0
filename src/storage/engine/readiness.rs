//! Whether the database takes writes: a real one that changes nothing, as often as once a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::timeout;

use super::installation;
use crate::storage::{Db, StorageError};

/// How long an answer stands, whoever asks.
const STANDS: Duration = Duration::from_secs(1);
/// Longest wait for the write: one that waits behind a lock is no better than one that fails.
const PATIENCE: Duration = Duration::from_secs(2);

/// When a write was tried, and what came of it.
type Tried = (Instant, Result<(), String>);

/// The last look; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<Tried>>>);

impl Readiness {
    /// Tries a write, committed to disk, unless that was just done.
    ///
    /// # Errors
    /// Why nothing can be written: locked, full, read-only, or gone.
    pub async fn check(&self, db: &Db) -> Result<(), StorageError> {
        let slow = || "a write did not end in time".to_owned();
        // One try at a time; whoever asks meanwhile waits for its outcome.
        let Ok(mut last) = timeout(PATIENCE, self.0.lock()).await else {
            return Err(StorageError::Unreachable(slow()));
        };
        let stands = last.as_ref().filter(|(at, _)| at.elapsed() < STANDS).map(|(_, result)| result.clone());
        if let Some(result) = stands {
            return result.map_err(StorageError::Unreachable);
        }
        let write = db.write(installation::touch);
        let result = timeout(PATIENCE, write)
            .await
            .map_or_else(|_| Err(slow()), |done: Result<(), StorageError>| done.map_err(|error| error.to_string()));
        *last = Some((Instant::now(), result.clone()));
        result.map_err(StorageError::Unreachable)
    }
}
