//! Moves what is committed from SQLite's write-ahead log into the database file, beside the writer instead of by it.
//!
//! A passive checkpoint waits for nobody and nobody for it. Under a stream of commits it is never quite done, so the
//! log is not begun anew; at [`MOST_FRAMES`] the writer itself moves the little that is left after a commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::connection::{Conn, DatabaseUrl, Manager, Pragmas};
use super::error::StorageError;

/// How often it looks for commits.
const PAUSE: Duration = Duration::from_millis(500);
/// Pages in the log at which the writer helps: 256 MiB. The answers that wait for it are few then: it takes a tenth of a
/// second.
pub(super) const MOST_FRAMES: u32 = 65_536;

/// What the writer tells it by: that something was committed, and, dropped, that the writer is gone.
pub(super) struct Written {
    some: Arc<AtomicBool>,
    _alive: Sender<()>,
}

impl Written {
    /// Something was committed.
    pub fn some(&self) {
        self.some.store(true, Ordering::Relaxed);
    }
}

/// Starts the thread beside the writer.
pub(super) fn start(url: &DatabaseUrl) -> Result<Written, StorageError> {
    let unreachable = |e: &dyn std::fmt::Display| StorageError::Unreachable(e.to_string());
    let mut conn = Manager(url.clone()).open().map_err(|e| unreachable(&e))?;
    Pragmas::set(&mut conn)?;
    let (alive, gone) = channel();
    let some = Arc::new(AtomicBool::new(false));
    let written = Written { some: Arc::clone(&some), _alive: alive };
    thread::Builder::new()
        .name("safeharbor-checkpointer".to_owned())
        .spawn(move || serve(&mut conn, &some, &gone))
        .map_err(|e| unreachable(&e))?;
    Ok(written)
}

fn serve(conn: &mut Conn, some: &AtomicBool, gone: &Receiver<()>) {
    let Conn::Sqlite(conn) = conn else { return };
    while gone.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        if some.swap(false, Ordering::Relaxed)
            && let Err(error) = conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
        {
            // Nothing is lost: it stays in the log. The round after the next commit tries again, and so does the writer.
            tracing::warn!(%error, "the write-ahead log could not be moved into the database file");
        }
    }
}
