//! Moves what is committed from SQLite's write-ahead log into the database file, beside the writer instead of by it.
//!
//! A passive checkpoint waits for nobody and nobody for it. Under a stream of commits it is never quite done, so the
//! log is not begun anew. Where the log has become long, the thread looks again at once, when little is left, and asks
//! the writer for the rest between two of its transactions: some milliseconds instead of all that half a second wrote.
//!
//! What is moved at once goes to the disk at once, and a commit that comes meanwhile waits behind it. The more is
//! written, the more often the thread looks, so that it finds about a megabyte each time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use crate::storage::engine::connection::{Conn, DatabaseUrl};
use crate::storage::engine::error::StorageError;

/// How often it looks for commits, at least and at most.
const SELDOM: Duration = Duration::from_millis(500);
const OFTEN: Duration = Duration::from_millis(10);
/// Pages of the log between two looks, about: a MiB. A commit that comes while they are moved waits for the disk behind
/// them.
const TOGETHER: u32 = 256;
/// Pages in the log from which on it should be begun anew: 128 MiB.
const LONG: i32 = 32_768;
/// Pages in the log at which the writer moves them itself, whatever is left: 512 MiB. It takes a tenth of a second.
pub(in crate::storage) const MOST_FRAMES: u32 = 131_072;
/// What is left of the log's file when it is begun anew: 128 MiB. A reader that takes long lets it grow beyond.
pub(in crate::storage) const KEPT_BYTES: u32 = 134_217_728;

/// What the writer and the thread tell each other.
pub(in crate::storage) struct Written {
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
pub(in crate::storage) fn start(url: &DatabaseUrl) -> Result<Written, StorageError> {
    let mut conn = url.open()?;
    let (alive, gone) = channel();
    let signs = Arc::new(Signs::default());
    let written = Written { signs: Arc::clone(&signs), _alive: alive };
    thread::Builder::new()
        .name("safeharbor-checkpointer".to_owned())
        .spawn(move || serve(&mut conn, &signs, &gone))
        .map_err(|e| StorageError::Unreachable(e.to_string()))?;
    Ok(written)
}

fn serve(conn: &mut Conn, signs: &Signs, gone: &Receiver<()>) {
    let Conn::Sqlite(conn) = conn else { return };
    let (mut pause, mut before, mut since) = (SELDOM, Looked::default(), Instant::now());
    while gone.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        // Something was committed, or a reader held up what was; it may have ended since.
        let due = signs.some.swap(false, Ordering::Relaxed) || before.is_unfinished();
        let looked = if due { round(conn, signs) } else { None };
        let moved = looked.map_or(0, |looked| looked.moved_since(before));
        pause = until_next(moved, since.elapsed());
        (before, since) = (looked.unwrap_or(before), Instant::now());
    }
}

/// How long it takes until as many pages have come as there should be between two looks, at the rate of the last ones.
fn until_next(pages: u32, took: Duration) -> Duration {
    took.checked_mul(TOGETHER).map_or(SELDOM, |all| all / pages.max(1)).clamp(OFTEN, SELDOM)
}

fn round(conn: &mut SqliteConnection, signs: &Signs) -> Option<Looked> {
    let mut looked = look(conn)?;
    if looked.log > LONG {
        looked = look(conn)?;
        signs.help.store(true, Ordering::Relaxed);
    }
    if looked.log > LONG && !looked.is_held_up() {
        return truncate(conn).or(Some(looked));
    }
    Some(looked)
}

/// Cuts a long log that was moved as a whole, so that the disk has its room back. Waits for nobody: where somebody reads
/// or writes at this moment, a later round tries again.
fn truncate(conn: &mut SqliteConnection) -> Option<Looked> {
    conn.batch_execute("PRAGMA busy_timeout = 0").ok()?;
    let cut: QueryResult<Looked> = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn);
    conn.batch_execute("PRAGMA busy_timeout = 10000").ok()?;
    cut.ok()
}

#[derive(Clone, Copy, Debug, Default, QueryableByName)]
struct Looked {
    /// Pages in the log, moved or not; less than none where nobody has a log.
    #[diesel(sql_type = Integer)]
    log: i32,
    /// Those of them that were moved.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl Looked {
    /// Pages are left to be moved.
    fn is_held_up(self) -> bool {
        self.checkpointed < self.log
    }
    /// There is more to do without another commit.
    fn is_unfinished(self) -> bool {
        self.is_held_up() || self.log > LONG
    }
    /// Pages that were moved between two looks; since the log was begun anew, where it was.
    fn moved_since(self, before: Self) -> u32 {
        let from = if self.checkpointed < before.checkpointed { 0 } else { before.checkpointed };
        u32::try_from(self.checkpointed - from).unwrap_or(0)
    }
}

/// Moves what can be moved; says how many pages the log has.
fn look(conn: &mut SqliteConnection) -> Option<Looked> {
    let looked: QueryResult<Looked> = diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn);
    // Nothing is lost: it stays in the log. The round after the next commit tries again, and so does the writer.
    let told = |error: &diesel::result::Error| {
        tracing::warn!(%error, "the write-ahead log could not be moved into the database file");
    };
    looked.inspect_err(told).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_is_written_the_more_often_it_looks() {
        let second = Duration::from_secs(1);
        assert_eq!(until_next(0, second), SELDOM);
        assert_eq!(until_next(TOGETHER, second), SELDOM);
        assert_eq!(until_next(TOGETHER * 10, second), second / 10);
        assert_eq!(until_next(u32::MAX, second), OFTEN);
        assert_eq!(until_next(1, Duration::MAX), SELDOM);
    }

    #[test]
    fn what_a_reader_held_up_is_looked_at_again() {
        let at = |log, checkpointed| Looked { log, checkpointed };
        assert!(at(900, 200).is_unfinished() && !at(900, 900).is_unfinished());
        assert!(at(LONG + 1, LONG + 1).is_unfinished() && !at(0, 0).is_unfinished() && !at(-1, -1).is_unfinished());
    }

    #[test]
    fn pages_of_a_log_begun_anew_are_counted_from_its_beginning() {
        let at = |checkpointed| Looked { log: 900, checkpointed };
        assert_eq!(at(700).moved_since(at(200)), 500);
        assert_eq!(at(30).moved_since(at(700)), 30);
        assert_eq!(at(-1).moved_since(at(0)), 0);
    }
}
