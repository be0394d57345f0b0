//! The clocks of counter-notices.

use super::{BATCH, each};
use crate::actions::{ActionError, put_back};
use crate::app::App;
use crate::storage::counter_notices;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| counter_notices::due(c, now, BATCH)).await?;
    Ok(each(app, "put_back", due, put_back).await)
}
