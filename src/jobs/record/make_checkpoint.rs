//! A checkpoint over the chains of the record, once a day.

use super::publish_digest::publish;
use crate::actions::ActionError;
use crate::app::App;
use crate::domain::base::moment::Span;
use crate::storage::StorageError;
use crate::storage::record::checkpoints;

/// Chains in one transaction: some milliseconds of the writer.
const PART: i64 = 2_000;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let last = app.read(checkpoints::last_at).await?;
    if last.is_some_and(|at| now.since(at) < Span::days(1)) {
        return Ok(0);
    }
    match make(app).await {
        // Another node made it in the meantime.
        Err(ActionError::Storage(StorageError::Conflict { .. })) => Ok(0),
        other => other,
    }
}

async fn make(app: &App) -> Result<usize, ActionError> {
    let mut begun = app.read(|c| checkpoints::begin(c, PART)).await?;
    loop {
        let part = begun.clone();
        let made = app.write_quietly(move |tx| Ok(checkpoints::go_on(tx.conn, part, tx.now)?)).await?;
        if let Some(rest) = made.rest {
            begun = rest;
            continue;
        }
        let digest: String = made.digest.iter().map(|b| format!("{b:02x}")).collect();
        let (id, chains) = (made.id, made.chains);
        tracing::info!(checkpoint = id, chains, digest, "checkpoint; keep this line outside the database");
        publish(app, id, &digest, app.clock.now()).await?;
        return Ok(1);
    }
}
