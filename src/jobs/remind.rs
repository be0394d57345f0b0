//! Sends reminders that are due.

use super::{BATCH, settled};
use crate::actions::{ActionError, remind_customer};
use crate::app::App;
use crate::domain::event::Actor;
use crate::storage::due_cases;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let mut done = 0;
    for id in app.read(move |c| due_cases::to_remind(c, now, BATCH)).await? {
        let result = app.write_quietly(move |tx| remind_customer(tx, id, &Actor::System)).await;
        done += settled("remind", id.0, result);
    }
    Ok(done)
}
