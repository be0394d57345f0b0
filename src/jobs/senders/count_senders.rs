//! Figures of senders: what their notices added since the last round.

use crate::actions::ActionError;
use crate::app::App;
use crate::storage::senders::sender_tallies;

/// Notices in one transaction: some milliseconds of the writer.
const TOGETHER: i64 = 500;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let mut done = 0;
    while !app.is_stopping() && app.read(sender_tallies::any).await? {
        let some = app.write_quietly(|tx| Ok(sender_tallies::count_some(tx.conn, TOGETHER, tx.now)?)).await?;
        done += some;
        if i64::try_from(some) != Ok(TOGETHER) {
            break;
        }
    }
    Ok(done)
}
