//! Sends reminders that are due.

use super::{BATCH, each};
use crate::actions::{ActionError, remind_customer};
use crate::app::App;
use crate::domain::event::Actor;
use crate::storage::due_cases;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| due_cases::to_remind(c, now, BATCH)).await?;
    Ok(each(app, "remind", due, |tx, id| remind_customer(tx, id, &Actor::System)).await)
}
