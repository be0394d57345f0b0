//! Notices whose sender did not confirm the email address in time are put before a person.

use crate::actions::{ActionError, stop_waiting};
use crate::app::App;
use crate::jobs::batch::{BATCH, each};
use crate::storage::cases::due_cases;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| due_cases::unconfirmed(c, now, BATCH)).await?;
    Ok(each(app, "stop_waiting", due, stop_waiting).await)
}
