//! Expires strikes that have reached their age.

use super::{BATCH, settled};
use crate::actions::{ActionError, expire_strike};
use crate::app::App;
use crate::storage::strikes;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let mut done = 0;
    for id in app.read(move |c| strikes::to_expire(c, now, BATCH)).await? {
        done += settled("expire_strikes", id.0, app.write_quietly(move |tx| expire_strike(tx, id)).await);
    }
    Ok(done)
}
