//! The clock went back: letters that were due at once when they were written are due now, not when their hour comes
//! again. What has a time of its own, a deadline or a pause between attempts, keeps it.

use crate::actions::ActionError;
use crate::app::App;
use crate::storage::letters;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let Some(back) = app.metrics.clock_back(app.clock.now()) else { return Ok(0) };
    let due = app.write_quietly(|tx| Ok(letters::due_at_once(tx.conn, tx.now)?)).await?;
    tracing::warn!(seconds = back.0 / 1_000_000, letters = due, "the clock went back; waiting letters are due now");
    Ok(due)
}
