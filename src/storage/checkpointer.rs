//! Moves what is committed from SQLite's write-ahead log into the database file, beside the writer instead of by it.
//!
//! A passive checkpoint waits for nobody and nobody for it. Under a stream of commits it is never quite done, so the
//! log is not begun anew. Where the log has become long, the thread looks again at once, when little is left, and asks
//! the writer for the rest between two of its transactions: some milliseconds instead of all that half a second wrote.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use super::connection::{Conn, DatabaseUrl, Manager, Session};
use super::error::StorageError;

/// How often it looks for commits.
const PAUSE: Duration = Duration::from_millis(500);
/// Pages in the log from which on it should be begun anew: 128 MiB.
const LONG: i32 = 32_768;
/// Pages in the log at which the writer moves them itself, whatever is left: 512 MiB. It takes a tenth of a second.
pub(super) const MOST_FRAMES: u32 = 131_072;

/// What the writer and the thread tell each other.
pub(super) struct Written {
    signs: Arc<Signs>,
    _alive: Sender<()>,
}

#[derive(Default)]
struct Signs {
    /// Something was committed.
    some: AtomicBool,
    /// Little is left in a long log: the writer should move it.
    help: AtomicBool,
}

impl Written {
    /// Something was committed; moves the rest of a long log, if that was asked for.
    pub fn some(&self, conn: &mut Conn) {
        self.signs.some.store(true, Ordering::Relaxed);
        if self.signs.help.swap(false, Ordering::Relaxed)
            && let Conn::Sqlite(conn) = conn
        {
            let _ = look(conn);
        }
    }
}

/// Starts the thread beside the writer.
pub(super) fn start(url: &DatabaseUrl) -> Result<Written, StorageError> {
    let unreachable = |e: &dyn std::fmt::Display| StorageError::Unreachable(e.to_string());
    let mut conn = Manager(url.clone()).open().map_err(|e| unreachable(&e))?;
    Session::set(&mut conn)?;
    let (alive, gone) = channel();
    let signs = Arc::new(Signs::default());
    let written = Written { signs: Arc::clone(&signs), _alive: alive };
    thread::Builder::new()
        .name("safeharbor-checkpointer".to_owned())
        .spawn(move || serve(&mut conn, &signs, &gone))
        .map_err(|e| unreachable(&e))?;
    Ok(written)
}

fn serve(conn: &mut Conn, signs: &Signs, gone: &Receiver<()>) {
    let Conn::Sqlite(conn) = conn else { return };
    while gone.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        if signs.some.swap(false, Ordering::Relaxed) {
            round(conn, signs);
        }
    }
}

fn round(conn: &mut SqliteConnection, signs: &Signs) {
    if look(conn).is_some_and(|pages| pages > LONG) {
        look(conn);
        signs.help.store(true, Ordering::Relaxed);
    }
}

#[derive(QueryableByName)]
struct Looked {
    /// Pages in the log, moved or not; less than none where nobody has a log.
    #[diesel(sql_type = Integer)]
    log: i32,
}

/// Moves what can be moved; says how many pages the log has.
fn look(conn: &mut SqliteConnection) -> Option<i32> {
    let looked: QueryResult<Looked> = diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn);
    // Nothing is lost: it stays in the log. The round after the next commit tries again, and so does the writer.
    let told = |error: &diesel::result::Error| {
        tracing::warn!(%error, "the write-ahead log could not be moved into the database file");
    };
    looked.inspect_err(told).ok().map(|l| l.log)
}
