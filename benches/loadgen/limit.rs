//! The physical limit beside the figures: the rows that a run wrote, once more through one bare prepared SQLite
//! writer into an empty database of the same schema, so many in a transaction as the program has at most.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::Failure;

/// Rows in one transaction: 256 notices of about twenty rows.
pub const TOGETHER: usize = 5_000;
/// Rows written at most; the rate does not change after that.
const MOST: usize = 1_000_000;
/// Tables that notices fill.
pub const TABLES: [&str; 11] = [
    "submissions",
    "notices",
    "works",
    "cases",
    "locations",
    "letters",
    "letter_words",
    "links",
    "events",
    "heads",
    "sender_names",
];

/// What was measured.
pub struct Limit {
    pub rows: usize,
    pub took: Duration,
}

impl Limit {
    pub fn per_second(&self) -> f64 {
        self.rows as f64 / self.took.as_secs_f64()
    }
}

/// Rows now in the tables that notices fill.
pub fn rows(database: &Path) -> Result<i64, Failure> {
    let from = Connection::open(database)?;
    let mut all = 0;
    for table in TABLES {
        all += from.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get::<_, i64>(0))?;
    }
    Ok(all)
}

/// Copies the newest rows of a run, row by row, and says how long it took.
pub fn measure(database: &Path, copy: &Path) -> Result<Limit, Failure> {
    let from = Connection::open(database)?;
    let mut into = Connection::open(copy)?;
    into.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA foreign_keys = OFF;",
    )?;
    let schema: Vec<String> = from
        .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC")?
        .query_map([], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    for statement in schema {
        into.execute_batch(&statement)?;
    }
    let mut limit = Limit { rows: 0, took: Duration::ZERO };
    let share = 1.0_f64.min(MOST as f64 / rows(database)? as f64);
    for table in TABLES {
        let count: i64 = from.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))?;
        let some = (count as f64 * share) as i64;
        let mut statement = from.prepare(&format!("SELECT * FROM {table} LIMIT {some}"))?;
        let columns = statement.column_count();
        let marks = vec!["?"; columns].join(", ");
        let insert = format!("INSERT INTO {table} VALUES ({marks})");
        let mut read = statement.query([])?;
        loop {
            let mut page: Vec<Vec<Value>> = Vec::with_capacity(TOGETHER);
            while page.len() < TOGETHER
                && let Some(row) = read.next()?
            {
                page.push((0..columns).map(|n| row.get(n)).collect::<Result<_, _>>()?);
            }
            if page.is_empty() {
                break;
            }
            limit.rows += page.len();
            let start = Instant::now();
            write(&mut into, &insert, page)?;
            limit.took += start.elapsed();
        }
    }
    Ok(limit)
}

fn write(into: &mut Connection, insert: &str, page: Vec<Vec<Value>>) -> Result<(), Failure> {
    let transaction = into.transaction()?;
    {
        let mut statement = transaction.prepare(insert)?;
        for row in page {
            statement.execute(params_from_iter(row))?;
        }
    }
    Ok(transaction.commit()?)
}
