//! Forwards cases that wait.

use futures_util::StreamExt;
use futures_util::stream::iter;

use crate::actions::{ActionError, forward_case};
use crate::app::App;
use crate::domain::record::event::Actor;
use crate::jobs::batch::{BATCH, settled};
use crate::storage::cases::due_cases;

/// Cases forwarded side by side: many, to share commits.
const AT_ONCE: usize = 200;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let due = app.read(|c| due_cases::to_forward(c, BATCH)).await?;
    let forward = |id| async move {
        let done = app.write_repeatable(move |tx| forward_case(tx, id, &Actor::System)).await;
        settled("forward_cases", id, done)
    };
    let done = iter(due).map(forward).buffer_unordered(AT_ONCE);
    Ok(done.fold(0, |sum, one| async move { sum + one }).await)
}
