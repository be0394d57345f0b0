//! Sends what was gathered for receivers, and forgets what counts no more.

use crate::actions::{ActionError, send_gathered};
use crate::app::App;
use crate::domain::outbox::letter_rule::WINDOW;
use crate::storage::outbox::counted_letters;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| counted_letters::due(c, now, 100)).await?;
    let done = due.len();
    for receiver in due {
        app.write(move |tx| send_gathered(tx, &receiver)).await?;
    }
    Ok(done)
}

/// Removes counts that are older than any window.
pub(in crate::jobs) async fn sweep(app: &App) -> Result<usize, ActionError> {
    let before = app.clock.now() - WINDOW - WINDOW;
    if !app.read(move |c| counted_letters::any_before(c, before)).await? {
        return Ok(0);
    }
    app.write_quietly(move |tx| Ok(counted_letters::sweep(tx.conn, before)?)).await
}
