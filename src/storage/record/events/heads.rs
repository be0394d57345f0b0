//! Where chains end: locked, read and moved.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, doubled, here};
use crate::storage::engine::schema::heads;

/// The next number in a chain and the hash before it.
pub(super) fn next_place(conn: &mut Conn, subject: &str, now: Moment) -> Result<(i64, Vec<u8>), StorageError> {
    let head = match conn {
        Conn::Postgres(_) => Some(locked_head(conn, subject, now)?),
        Conn::Sqlite(_) => {
            heads::table.find(subject).select((heads::seq, heads::hash)).fixed(here!()).row(conn).optional()?
        }
    };
    let (seq, hash) = head.unwrap_or_default();
    Ok((seq + 1, hash))
}

/// The head of a chain, locked, so that two writers append one after the other; a new chain gets an empty one. SQLite
/// has one writer and does without.
fn locked_head(conn: &mut Conn, subject: &str, now: Moment) -> QueryResult<(i64, Vec<u8>)> {
    diesel::insert_into(heads::table)
        .values(Head::none(subject, now))
        .on_conflict(heads::subject)
        .do_update()
        .set(heads::changed_at.eq(now.0))
        .returning((heads::seq, heads::hash))
        .fixed(here!())
        .row(conn)
}

/// Where a chain ends.
#[derive(Insertable)]
#[diesel(table_name = heads)]
pub(super) struct Head<'a> {
    pub subject: &'a str,
    pub seq: i64,
    pub hash: Vec<u8>,
    pub changed_at: i64,
}

impl<'a> Head<'a> {
    /// Of a chain without an event.
    fn none(subject: &'a str, now: Moment) -> Self {
        Self { subject, seq: 0, hash: Vec::new(), changed_at: now.0 }
    }
}

/// The last number and hash of chains. On PostgreSQL they are locked, as [`locked_head`] locks one.
pub(super) fn ends_of(
    conn: &mut Conn,
    subjects: &[String],
    now: Moment,
) -> Result<HashMap<String, (i64, Vec<u8>)>, StorageError> {
    let mut found: Vec<(String, i64, Vec<u8>)> = Vec::with_capacity(subjects.len());
    let columns = (heads::subject, heads::seq, heads::hash);
    for some in doubled(subjects) {
        found.extend(match conn {
            Conn::Postgres(c) => {
                let none: Vec<Head<'_>> = some.iter().map(|subject| Head::none(subject, now)).collect();
                let held = diesel::insert_into(heads::table).values(none).on_conflict(heads::subject).do_update();
                let held = held.set(heads::changed_at.eq(now.0)).returning(columns);
                held.prepared().load::<(String, i64, Vec<u8>)>(c)?
            }
            Conn::Sqlite(_) => {
                heads::table.filter(heads::subject.eq_any(some)).select(columns).prepared().rows(conn)?
            }
        });
    }
    Ok(found.into_iter().map(|(subject, seq, hash)| (subject, (seq, hash))).collect())
}

/// Ends chains elsewhere than before.
pub(super) fn put_heads(conn: &mut Conn, all: &[Head<'_>]) -> Result<(), StorageError> {
    let moved = (
        heads::seq.eq(excluded(heads::seq)),
        heads::hash.eq(excluded(heads::hash)),
        heads::changed_at.eq(excluded(heads::changed_at)),
    );
    if let Conn::Postgres(c) = conn {
        for some in doubled(all) {
            let put = diesel::insert_into(heads::table).values(some).on_conflict(heads::subject).do_update();
            put.set(moved).prepared().run_on_postgres(c)?;
        }
        return Ok(());
    }
    for head in all {
        let put = diesel::insert_into(heads::table).values(head).on_conflict(heads::subject).do_update();
        put.set(moved).fixed(here!()).run(conn)?;
    }
    Ok(())
}
