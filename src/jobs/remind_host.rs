//! What the host's systems were asked to do and have not confirmed within a day is put before a person.

use super::{BATCH, each};
use crate::actions::{ActionError, remind_host};
use crate::app::App;
use crate::storage::locations;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| locations::unconfirmed(c, now, BATCH)).await?;
    Ok(each(app, "remind_host", due, remind_host).await)
}
