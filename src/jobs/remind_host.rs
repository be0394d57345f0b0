//! What the host's systems were asked to do and have not confirmed within a day is put before a person.

use super::{BATCH, settled};
use crate::actions::{ActionError, remind_host};
use crate::app::App;
use crate::storage::locations;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let mut done = 0;
    for id in app.read(move |c| locations::unconfirmed(c, now, BATCH)).await? {
        done += settled("remind_host", id.0, app.write_quietly(move |tx| remind_host(tx, id)).await);
    }
    Ok(done)
}
