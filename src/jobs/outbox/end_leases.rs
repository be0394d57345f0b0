//! What a process had claimed when it was killed is due at once when the next one starts. On the embedded database
//! there is nobody else who could be sending it; on PostgreSQL another node may be, and the lease runs out.

use crate::actions::ActionError;
use crate::app::App;
use crate::storage::outbox::{letters, webhooks};

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    if !app.db.is_embedded() {
        return Ok(0);
    }
    app.write_quietly(|tx| Ok(letters::end_leases(tx.conn, tx.now)? + webhooks::end_leases(tx.conn, tx.now)?)).await
}
