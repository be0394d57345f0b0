//! The limit for PostgreSQL: the same rows through one connection with prepared statements, a round trip a row, with
//! nothing else to do.

use std::time::{Duration, Instant};

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type};
use postgres::{Client, NoTls};

use super::Failure;
use super::limit::{Limit, TABLES, TOGETHER};

/// Rows written at most; a round trip each.
const MOST: i64 = 100_000;

/// A value as it comes over the wire, whatever it is.
#[derive(Debug)]
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Raw {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    postgres::types::to_sql_checked!();
}

/// Rows now in the tables that notices fill.
pub fn rows(url: &str) -> Result<i64, Failure> {
    let mut client = Client::connect(url, NoTls)?;
    let mut all = 0;
    for table in TABLES {
        all += client.query_one(&format!("SELECT count(*) FROM {table}"), &[])?.get::<_, i64>(0);
    }
    Ok(all)
}

/// Copies rows of a run into tables of the same shape, row by row, and says how long it took.
pub fn measure(url: &str) -> Result<Limit, Failure> {
    let mut client = Client::connect(url, NoTls)?;
    client.batch_execute("DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare")?;
    let share = 1.0_f64.min(MOST as f64 / rows(url)?.max(1) as f64);
    let mut limit = Limit { rows: 0, took: Duration::ZERO };
    for table in TABLES {
        client.batch_execute(&format!("CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)"))?;
        let count: i64 = client.query_one(&format!("SELECT count(*) FROM {table}"), &[])?.get(0);
        let some = (count as f64 * share) as i64;
        let found = client.query(&format!("SELECT * FROM {table} LIMIT {some}"), &[])?;
        let Some(first) = found.first() else { continue };
        let marks: Vec<String> = (1..=first.len()).map(|n| format!("${n}")).collect();
        let insert = client.prepare(&format!("INSERT INTO bare.{table} VALUES ({})", marks.join(", ")))?;
        for page in found.chunks(TOGETHER) {
            let start = Instant::now();
            let mut transaction = client.transaction()?;
            for row in page {
                let values: Vec<Option<Raw>> = (0..row.len()).map(|n| row.try_get(n)).collect::<Result<_, _>>()?;
                let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as &(dyn ToSql + Sync)).collect();
                transaction.execute(&insert, &values)?;
            }
            transaction.commit()?;
            limit.took += start.elapsed();
            limit.rows += page.len();
        }
    }
    client.batch_execute("DROP SCHEMA bare CASCADE")?;
    Ok(limit)
}
