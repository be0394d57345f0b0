//! Passes deadlines that are over.

use super::{BATCH, each};
use crate::actions::{ActionError, pass_deadline};
use crate::app::App;
use crate::storage::due_cases;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| due_cases::past_deadline(c, now, BATCH)).await?;
    Ok(each(app, "pass_deadlines", due, pass_deadline).await)
}
