//! Passes deadlines that are over.

use crate::actions::{ActionError, pass_deadline};
use crate::app::App;
use crate::jobs::batch::{BATCH, each};
use crate::storage::cases::due_cases;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| due_cases::past_deadline(c, now, BATCH)).await?;
    Ok(each(app, "pass_deadlines", due, pass_deadline).await)
}
