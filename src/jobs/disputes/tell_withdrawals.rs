//! Withdrawals that were gathered are told.

use crate::actions::{ActionError, tell_withdrawals};
use crate::app::App;
use crate::jobs::batch::{BATCH, each};
use crate::storage::outbox::withdrawal_letters;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| withdrawal_letters::due(c, now, BATCH)).await?;
    Ok(each(app, "tell_withdrawals", due, tell_withdrawals).await)
}
