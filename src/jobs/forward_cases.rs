//! Forwards cases that wait.

use super::{BATCH, each};
use crate::actions::{ActionError, forward_case};
use crate::app::App;
use crate::domain::event::Actor;
use crate::storage::due_cases;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let due = app.read(|c| due_cases::to_forward(c, BATCH)).await?;
    Ok(each(app, "forward_cases", due, |tx, id| forward_case(tx, id, &Actor::System)).await)
}
