//! Removes answers that were kept for repeats and are a day old.

use crate::actions::ActionError;
use crate::app::App;
use crate::storage::intake::idempotency;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    if !app.read(move |c| idempotency::any_old(c, now)).await? {
        return Ok(0);
    }
    app.write_quietly(|tx| Ok(idempotency::sweep(tx.conn, tx.now)?)).await
}
