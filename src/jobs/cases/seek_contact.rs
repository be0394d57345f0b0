//! Cases for which nobody has been reached in the time to answer are put before staff.

use crate::actions::{ActionError, not_reached};
use crate::app::App;
use crate::jobs::batch::{BATCH, each};
use crate::storage::cases::due_cases;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| due_cases::to_reach(c, now, BATCH)).await?;
    Ok(each(app, "seek_contact", due, not_reached).await)
}
