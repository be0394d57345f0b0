//! Notices whose sender did not confirm the mail address in time are put before a person.

use super::{BATCH, settled};
use crate::actions::{ActionError, stop_waiting};
use crate::app::App;
use crate::storage::due_cases;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let mut done = 0;
    for id in app.read(move |c| due_cases::unconfirmed(c, now, BATCH)).await? {
        done += settled("stop_waiting", id.0, app.write_quietly(move |tx| stop_waiting(tx, id)).await);
    }
    Ok(done)
}
