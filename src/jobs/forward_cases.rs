//! Forwards cases that wait.

use super::{BATCH, settled};
use crate::actions::{ActionError, forward_case};
use crate::app::App;
use crate::domain::event::Actor;
use crate::storage::due_cases;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let mut done = 0;
    for id in app.read(|c| due_cases::to_forward(c, BATCH)).await? {
        let result = app.write_quietly(move |tx| forward_case(tx, id, &Actor::System)).await;
        done += settled("forward_cases", id.0, result);
    }
    Ok(done)
}
