//! The clocks of counter-notices.

use crate::actions::{ActionError, put_back};
use crate::app::App;
use crate::jobs::batch::{BATCH, each};
use crate::storage::disputes::counter_notices;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| counter_notices::due(c, now, BATCH)).await?;
    Ok(each(app, "put_back", due, put_back).await)
}
