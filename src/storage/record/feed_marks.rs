//! Up to which event the feed can be read without a gap.
//!
//! On SQLite there is one writer, and numbers appear in order. PostgreSQL gives out row numbers before a transaction
//! commits: a reader could pass one that is not visible yet. A writer takes its transaction number before it takes any
//! row number (`writer::begin`). So once every transaction that was open when an event was seen has ended, no smaller
//! number can appear any more. Nobody waits for this: what cannot be settled yet is left for a later call, and the
//! mark is stored so that any process can go on from it. Like any snapshot of PostgreSQL, it is held back by every
//! writing transaction of the server, those of other databases included.

use std::thread;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{events, feed_marks};

/// Pauses in which short transactions are given time to end before a page of the feed is answered.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(2),
    Duration::from_millis(8),
    Duration::from_millis(20),
    Duration::from_millis(50),
    Duration::from_millis(150),
];

/// What is stored.
#[derive(Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = feed_marks)]
struct Mark {
    /// No smaller number than this can appear.
    settled: i64,
    /// Becomes the settled one when every transaction before `pending_xact` has ended.
    pending: i64,
    pending_xact: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn number(conn: &mut Conn, sql: &str) -> QueryResult<i64> {
    Ok(diesel::sql_query(sql).get_result::<Number>(conn)?.n)
}

/// The newest event that no smaller number can follow, after a short wait for transactions that are about to end.
pub fn settled(conn: &mut Conn) -> Result<i64, StorageError> {
    settle(conn, &PAUSES)
}

/// As [`settled`] without a wait: moves the stored mark on, so that a long transaction holds back only what came after
/// its start. Returns whether there was anything to move.
pub fn advance(conn: &mut Conn) -> Result<bool, StorageError> {
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(false);
    }
    let before = stored(conn)?.settled;
    Ok(settle(conn, &[])? > before)
}

fn stored(conn: &mut Conn) -> QueryResult<Mark> {
    feed_marks::table.select(Mark::as_select()).first(conn)
}

fn newest(conn: &mut Conn) -> QueryResult<i64> {
    let newest: Option<i64> = events::table.select(diesel::dsl::max(events::id)).first(conn)?;
    Ok(newest.unwrap_or(0))
}

fn settle(conn: &mut Conn, pauses: &[Duration]) -> Result<i64, StorageError> {
    // Three statements in this order: whoever may still add a smaller number began before `xact` was taken.
    let newest = newest(conn)?;
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(newest);
    }
    let mark = stored(conn)?;
    if mark.settled >= newest {
        return Ok(mark.settled);
    }
    let xact = number(conn, "SELECT pg_current_xact_id()::text::bigint AS n")?;
    let mut oldest = oldest_open(conn)?;
    for pause in pauses {
        if oldest >= xact {
            break;
        }
        thread::sleep(*pause);
        oldest = oldest_open(conn)?;
    }
    let moved = mark.moved((newest, xact), oldest);
    let set = (
        feed_marks::settled.eq(moved.settled),
        feed_marks::pending.eq(moved.pending),
        feed_marks::pending_xact.eq(moved.pending_xact),
    );
    // Another reader may have come further.
    diesel::update(feed_marks::table.filter(feed_marks::settled.le(moved.settled))).set(set).execute(conn)?;
    Ok(moved.settled)
}

/// The oldest transaction that has not ended; a statement of its own, for the snapshot of now.
fn oldest_open(conn: &mut Conn) -> QueryResult<i64> {
    number(conn, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS n")
}

impl Mark {
    /// The mark after a look: `seen` is the newest visible event and a transaction number taken after it was seen.
    fn moved(self, seen: (i64, i64), oldest: i64) -> Self {
        let (newest, xact) = seen;
        if oldest >= xact {
            return Self { settled: newest.max(self.settled), pending: newest, pending_xact: xact };
        }
        // A restored copy has transaction numbers of another server: a pending mark of its future never comes.
        let waits = self.pending > self.settled && oldest < self.pending_xact && self.pending_xact <= xact;
        if waits {
            return self;
        }
        let passed = self.pending_xact <= oldest;
        let settled = if passed { self.pending.max(self.settled) } else { self.settled };
        Self { settled, pending: newest, pending_xact: xact }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Mark = Mark { settled: 10, pending: 10, pending_xact: 5 };

    fn parts(mark: Mark) -> (i64, i64, i64) {
        (mark.settled, mark.pending, mark.pending_xact)
    }

    #[test]
    fn nothing_open_settles_at_once() {
        assert_eq!(parts(START.moved((20, 7), 7)), (20, 20, 7));
    }

    #[test]
    fn an_open_transaction_holds_back_what_came_after_its_start_alone() {
        let waiting = START.moved((20, 9), 8);
        assert_eq!(parts(waiting), (10, 20, 9));
        assert_eq!(parts(waiting.moved((30, 12), 8)), (10, 20, 9), "it waits for the same");
        assert_eq!(parts(waiting.moved((30, 12), 10)), (20, 30, 12), "those before have ended, a later one has not");
    }

    #[test]
    fn a_mark_of_another_server_is_replaced() {
        let restored = Mark { settled: 10, pending: 20, pending_xact: 9_000 };
        assert_eq!(parts(restored.moved((30, 12), 8)), (10, 30, 12));
    }
}
