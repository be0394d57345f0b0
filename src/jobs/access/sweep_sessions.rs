//! Removes sessions that have run out.

use crate::actions::ActionError;
use crate::app::App;
use crate::storage::access::staff;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    if !app.read(move |c| staff::any_session_over(c, now)).await? {
        return Ok(0);
    }
    app.write_quietly(|tx| Ok(staff::sweep_sessions(tx.conn, tx.now)?)).await
}
