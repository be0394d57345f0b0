//! Forwards cases that wait. What the letters say is read and put into words beside the writer.

use futures_util::StreamExt;
use futures_util::stream::iter;

use super::{BATCH, settled};
use crate::actions::{ActionError, Forwarding, forward_prepared, prepare_forwarding};
use crate::app::App;
use crate::domain::event::Actor;
use crate::storage::due_cases;

/// Cases read side by side: few, to leave connections of a pool to the pages.
const READ: usize = 2;
/// Cases stored side by side: many, to share commits.
const STORED: usize = 200;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let due = app.read(|c| due_cases::to_forward(c, BATCH)).await?;
    let prepare = |id| async move { (id, app.prepare(move |tx| prepare_forwarding(tx, id)).await) };
    let store = |(id, ready): (_, Result<Forwarding, _>)| async move {
        let done = match ready {
            Ok(ready) => app.write_repeatable(move |tx| forward_prepared(tx, ready.clone(), &Actor::System)).await,
            Err(error) => Err(error),
        };
        settled("forward_cases", id, done)
    };
    let done = iter(due).map(prepare).buffer_unordered(READ).map(store).buffer_unordered(STORED);
    Ok(done.fold(0, |sum, one| async move { sum + one }).await)
}
