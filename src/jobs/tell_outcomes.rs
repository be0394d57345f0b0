//! Tells complainants what was gathered about their notices.

use super::each;
use crate::actions::{ActionError, tell_gathered_outcome};
use crate::app::App;
use crate::storage::pending_outcomes;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| pending_outcomes::due(c, now, 100)).await?;
    Ok(each(app, "tell_outcomes", due, tell_gathered_outcome).await)
}
