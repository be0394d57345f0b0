//! Sends reminders that are due.

use crate::actions::{ActionError, remind_customer};
use crate::app::App;
use crate::domain::record::event::Actor;
use crate::jobs::batch::{BATCH, each};
use crate::storage::cases::due_cases;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| due_cases::to_remind(c, now, BATCH)).await?;
    Ok(each(app, "remind", due, |tx, id| remind_customer(tx, id, &Actor::System)).await)
}
