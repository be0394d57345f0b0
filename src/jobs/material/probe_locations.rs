//! Looks at addresses that should be gone, or back. Each is taken over first, so that two nodes never look twice.

use tokio::task::JoinSet;

use crate::actions::{ActionError, claim_probe, record_probe};
use crate::app::App;
use crate::storage::material::probes;

/// Looks at the same time.
const AT_ONCE: i64 = 16;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    if !app.config().probe.enabled {
        return Ok(0);
    }
    let now = app.clock.now();
    let due = app.read(move |c| probes::due(c, now, AT_ONCE)).await?;
    let mut looking = JoinSet::new();
    let mut done = 0;
    for one in due {
        let location = one.location;
        if !app.write_quietly(move |tx| claim_probe(tx, location)).await? {
            continue;
        }
        done += 1;
        let app = app.clone();
        looking.spawn(async move {
            let found = app.prober.look(&one.url).await;
            tracing::info!(location, outcome = found.outcome, status = found.status, "looked at a location");
            app.write_quietly(move |tx| record_probe(tx, &one, &found)).await
        });
    }
    while let Some(result) = looking.join_next().await {
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "what a look found could not be recorded"),
            Err(error) => tracing::error!(%error, "a look ended early"),
        }
    }
    Ok(done)
}
