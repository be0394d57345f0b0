//! Passes deadlines that are over.

use super::{BATCH, settled};
use crate::actions::{ActionError, pass_deadline};
use crate::app::App;
use crate::storage::due_cases;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let mut done = 0;
    for id in app.read(move |c| due_cases::past_deadline(c, now, BATCH)).await? {
        done += settled("pass_deadlines", id.0, app.write_quietly(move |tx| pass_deadline(tx, id)).await);
    }
    Ok(done)
}
