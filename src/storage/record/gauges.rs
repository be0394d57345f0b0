//! How much waits, for those who watch the service. Every count stops at a bound and is served by an index.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;

/// Where counting stops.
pub const MOST: i64 = 10_000;

/// What waits now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    pub cases: Vec<(&'static str, i64)>,
    pub letters: Vec<(&'static str, i64)>,
    /// Seconds that the letter which is due longest is due.
    pub late: Vec<(&'static str, i64)>,
    /// Seconds since the oldest letter was written.
    pub oldest: Vec<(&'static str, i64)>,
    pub reviews: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    n: Option<i64>,
}

const CASES: [&str; 6] = ["received", "review", "forwarded", "awaiting", "answered", "unanswered"];
const LETTERS: [&str; 4] = ["queued", "sending", "deferred", "failed"];

/// Reads them.
pub fn read(conn: &mut Conn, now: Moment) -> Result<Gauges, StorageError> {
    let mut gauges = Gauges::default();
    for state in CASES {
        gauges.cases.push((state, in_state(conn, "cases", state)?));
    }
    for state in LETTERS {
        gauges.letters.push((state, in_state(conn, "letters", state)?));
    }
    let seconds = |since: Option<i64>| since.map_or(0, |at| ((now.0 - at) / 1_000_000).max(0));
    for state in ["queued", "deferred"] {
        let due = one(conn, "SELECT min(due_at) AS n FROM letters WHERE state = ", state, "")?;
        gauges.late.push((state, seconds(due)));
        let first = "SELECT min(created_at) AS n FROM letters WHERE id = (SELECT min(id) FROM letters WHERE state = ";
        gauges.oldest.push((state, seconds(one(conn, first, state, ")")?)));
    }
    let open =
        format!("SELECT count(*) AS n FROM (SELECT 1 AS x FROM reviews WHERE done_at IS NULL LIMIT {MOST}) AS counted");
    gauges.reviews = diesel::sql_query(open).get_result::<Number>(conn)?.n.unwrap_or(0);
    Ok(gauges)
}

fn in_state(conn: &mut Conn, table: &str, state: &'static str) -> Result<i64, StorageError> {
    let head = format!("SELECT count(*) AS n FROM (SELECT 1 AS x FROM {table} WHERE state = ");
    Ok(one(conn, &head, state, &format!(" LIMIT {MOST}) AS counted"))?.unwrap_or(0))
}

fn one(conn: &mut Conn, head: &str, state: &'static str, tail: &str) -> Result<Option<i64>, StorageError> {
    let mark = match conn {
        Conn::Postgres(_) => "$1",
        Conn::Sqlite(_) => "?",
    };
    let query = diesel::sql_query(format!("{head}{mark}{tail}")).bind::<Text, _>(state);
    Ok(query.get_result::<Number>(conn)?.n)
}
