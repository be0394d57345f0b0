//! What the host's systems were asked to do and have not confirmed within a day is put before a person.

use crate::actions::{ActionError, remind_host};
use crate::app::App;
use crate::jobs::batch::{BATCH, each};
use crate::storage::material::locations;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let due = app.read(move |c| locations::unconfirmed(c, now, BATCH)).await?;
    Ok(each(app, "remind_host", due, remind_host).await)
}
