//! The physical limit beside the figures: the rows that a run wrote, once more through one bare prepared SQLite
//! writer into an empty database of the same schema, so many in a transaction as the program has at most.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, Rows, params_from_iter};

use super::Failure;

/// Rows in one transaction: 256 notices of about twenty rows.
pub const TOGETHER: usize = 5_000;
/// Rows written at most; the rate does not change after that.
const MOST: usize = 1_000_000;
/// Tables that notices fill.
pub const TABLES: [&str; 12] = [
    "submissions",
    "notices",
    "works",
    "cases",
    "locations",
    "letters",
    "letter_data",
    "sent_letters",
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

/// A table whose rows are written again.
struct Table<'s> {
    insert: String,
    columns: usize,
    /// Its rows in one transaction.
    together: usize,
    rows: Rows<'s>,
}

impl Table<'_> {
    fn some(&mut self) -> Result<Vec<Vec<Value>>, Failure> {
        let mut some = Vec::with_capacity(self.together);
        while some.len() < self.together
            && let Some(row) = self.rows.next()?
        {
            some.push((0..self.columns).map(|n| row.get(n)).collect::<Result<_, _>>()?);
        }
        Ok(some)
    }
}

/// Copies rows of a run, row by row, and says how long it took. Each transaction has its share of every table, as those
/// of the run had: a table at a time would find its few pages in memory.
pub fn measure(database: &Path, copy: &Path) -> Result<Limit, Failure> {
    let from = Connection::open(database)?;
    let mut into = empty(&from, copy)?;
    let all = rows(database)?;
    let transactions = (all as f64 / TOGETHER as f64).ceil().max(1.0);
    let mut statements: Vec<_> =
        TABLES.iter().map(|table| from.prepare(&format!("SELECT * FROM {table}"))).collect::<Result<_, _>>()?;
    let mut tables = Vec::with_capacity(TABLES.len());
    for (table, statement) in TABLES.iter().zip(&mut statements) {
        let count: i64 = from.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))?;
        let columns = statement.column_count();
        let insert = format!("INSERT INTO {table} VALUES ({})", vec!["?"; columns].join(", "));
        let together = (count as f64 / transactions).ceil() as usize;
        tables.push(Table { insert, columns, together, rows: statement.query([])? });
    }
    let mut limit = Limit { rows: 0, took: Duration::ZERO };
    while limit.rows < MOST {
        let page: Vec<_> = tables.iter_mut().map(Table::some).collect::<Result<_, _>>()?;
        let some: usize = page.iter().map(Vec::len).sum();
        if some == 0 {
            break;
        }
        let start = Instant::now();
        write(&mut into, tables.iter().map(|table| table.insert.as_str()).zip(page))?;
        limit.took += start.elapsed();
        limit.rows += some;
    }
    Ok(limit)
}

/// A database of the same schema without rows, for one who writes with the page cache that our writer has.
fn empty(from: &Connection, copy: &Path) -> Result<Connection, Failure> {
    let into = Connection::open(copy)?;
    into.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -48000; PRAGMA foreign_keys = OFF;",
    )?;
    let schema: Vec<String> = from
        .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND type IN ('table', 'index') ORDER BY type DESC")?
        .query_map([], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    for statement in schema {
        into.execute_batch(&statement)?;
    }
    into.set_prepared_statement_cache_capacity(TABLES.len());
    Ok(into)
}

fn write<'t>(into: &mut Connection, page: impl Iterator<Item = (&'t str, Vec<Vec<Value>>)>) -> Result<(), Failure> {
    let transaction = into.transaction()?;
    for (insert, rows) in page {
        let mut statement = transaction.prepare_cached(insert)?;
        for row in rows {
            statement.execute(params_from_iter(row))?;
        }
    }
    Ok(transaction.commit()?)
}
