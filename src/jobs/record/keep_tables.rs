//! Moves the mark of the feed on and has tables that grew analyzed; both on PostgreSQL alone.

use crate::actions::ActionError;
use crate::app::App;
use crate::storage::engine::statistics;
use crate::storage::record::feed_marks;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    if app.db.is_embedded() {
        return Ok(0);
    }
    Ok(app.read(|c| Ok(statistics::refresh(c)? + usize::from(feed_marks::advance(c)?))).await?)
}
