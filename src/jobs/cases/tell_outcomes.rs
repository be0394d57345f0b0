//! Tells complainants what was gathered about their notices.

use crate::actions::{ActionError, tell_gathered_outcome};
use crate::app::App;
use crate::jobs::batch::each;
use crate::storage::material::pending_outcomes;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| pending_outcomes::due(c, now, 100)).await?;
    Ok(each(app, "tell_outcomes", due, tell_gathered_outcome).await)
}
