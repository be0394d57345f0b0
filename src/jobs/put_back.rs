//! The clocks of counter-notices.

use super::{BATCH, settled};
use crate::actions::{ActionError, put_back};
use crate::app::App;
use crate::storage::counter_notices;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let mut done = 0;
    for id in app.read(move |c| counter_notices::due(c, now, BATCH)).await? {
        done += settled("put_back", id.0, app.write_quietly(move |tx| put_back(tx, id)).await);
    }
    Ok(done)
}
