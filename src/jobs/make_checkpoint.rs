//! A checkpoint over the chains of the record, once a day.

use crate::actions::ActionError;
use crate::app::App;
use crate::domain::moment::Span;
use crate::storage::{StorageError, checkpoints};

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let last = app.read(checkpoints::last_at).await?;
    if last.is_some_and(|at| now.since(at) < Span::days(1)) {
        return Ok(0);
    }
    let made = app.write_quietly(|tx| {
        // Another node may have made it in the meantime.
        let last = checkpoints::last_at(tx.conn)?;
        if last.is_some_and(|at| tx.now.since(at) < Span::days(1)) {
            return Ok(0);
        }
        let (id, chains, digest) = checkpoints::make(tx.conn, tx.now)?;
        let digest: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        tracing::info!(checkpoint = id, chains, digest, "checkpoint; keep this line outside the database");
        Ok(1)
    });
    match made.await {
        Err(ActionError::Storage(StorageError::Conflict { .. })) => Ok(0),
        other => other,
    }
}
