//! Expires strikes that have reached their age.

use crate::actions::{ActionError, expire_strike};
use crate::app::App;
use crate::jobs::batch::{BATCH, each};
use crate::storage::enforcement::strikes;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| strikes::to_expire(c, now, BATCH)).await?;
    Ok(each(app, "expire_strikes", due, expire_strike).await)
}
