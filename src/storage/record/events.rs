//! The append-only record and its chains.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::domain::base::moment::Moment;
use crate::domain::record::event::{Actor, Happening, Subject, link_hash};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::insert_all;
use crate::storage::engine::prepared::{Prepared, doubled, here};
use crate::storage::engine::schema::{events, heads};

/// A recorded event.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    pub id: i64,
    pub subject: String,
    pub seq: i64,
    pub at: i64,
    pub actor: String,
    pub kind: String,
    pub facts: String,
    pub reason: String,
    pub hash: Vec<u8>,
}

impl EventRow {
    /// The hash this row must have after `previous`.
    pub fn expected_hash(&self, previous: &[u8]) -> Vec<u8> {
        link_hash(
            previous,
            &self.subject,
            self.seq,
            Moment(self.at),
            [&self.actor, &self.kind, &self.facts, &self.reason],
        )
    }
    /// The facts as JSON.
    pub fn facts(&self) -> serde_json::Value {
        serde_json::from_str(&self.facts).unwrap_or(serde_json::Value::Null)
    }
}

/// Begins the chain of a subject that was just stored: nobody else can know of it yet, so that nothing is looked up and
/// nothing held.
pub fn begin(
    conn: &mut Conn,
    subject: Subject,
    actor: &Actor,
    what: &Happening,
    now: Moment,
) -> Result<(), StorageError> {
    let subject = subject.to_string();
    let hash = write(conn, (&subject, 1, &[]), actor, what, now)?;
    let end = (heads::seq.eq(1_i64), heads::hash.eq(&hash), heads::changed_at.eq(now.0));
    Ok(diesel::insert_into(heads::table).values((heads::subject.eq(&subject), end)).fixed(here!()).run(conn)?)
}

/// Appends an event to the chain of its subject.
pub fn append(
    conn: &mut Conn,
    subject: Subject,
    actor: &Actor,
    what: &Happening,
    now: Moment,
) -> Result<(), StorageError> {
    let subject = subject.to_string();
    let (seq, previous) = next_place(conn, &subject, now)?;
    let hash = write(conn, (&subject, seq, &previous), actor, what, now)?;
    let end = (heads::seq.eq(seq), heads::hash.eq(&hash), heads::changed_at.eq(now.0));
    Ok(diesel::insert_into(heads::table)
        .values((heads::subject.eq(&subject), end))
        .on_conflict(heads::subject)
        .do_update()
        .set(end)
        .fixed(here!())
        .run(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct NewEvent<'a> {
    subject: &'a str,
    seq: i64,
    at: i64,
    actor: &'a str,
    kind: &'static str,
    facts: String,
    reason: &'a str,
    hash: Vec<u8>,
}

impl<'a> NewEvent<'a> {
    /// An event at its place in the chain of a subject: a number after a hash.
    fn new((subject, seq, previous): (&'a str, i64, &[u8]), actor: &'a str, what: &'a Happening, now: Moment) -> Self {
        let facts = serde_json::to_string(&what.facts).unwrap_or_default();
        let hash = link_hash(previous, subject, seq, now, [actor, what.kind, &facts, &what.reason]);
        Self { subject, seq, at: now.0, actor, kind: what.kind, facts, reason: &what.reason, hash }
    }
}

/// Writes an event at its place; returns its hash.
fn write(
    conn: &mut Conn,
    place: (&str, i64, &[u8]),
    actor: &Actor,
    what: &Happening,
    now: Moment,
) -> Result<Vec<u8>, StorageError> {
    let actor = actor.to_string();
    let event = NewEvent::new(place, &actor, what, now);
    diesel::insert_into(events::table).values(&event).fixed(here!()).run(conn)?;
    Ok(event.hash)
}

/// The next number in a chain and the hash before it.
fn next_place(conn: &mut Conn, subject: &str, now: Moment) -> Result<(i64, Vec<u8>), StorageError> {
    let head = match conn {
        Conn::Postgres(_) => Some(held_head(conn, subject, now)?),
        Conn::Sqlite(_) => {
            heads::table.find(subject).select((heads::seq, heads::hash)).fixed(here!()).row(conn).optional()?
        }
    };
    let (seq, hash) = head.unwrap_or_default();
    Ok((seq + 1, hash))
}

/// The head of a chain, locked, so that two writers append one after the other; a new chain gets an empty one. SQLite
/// has one writer and does without.
fn held_head(conn: &mut Conn, subject: &str, now: Moment) -> QueryResult<(i64, Vec<u8>)> {
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
struct Head<'a> {
    subject: &'a str,
    seq: i64,
    hash: Vec<u8>,
    changed_at: i64,
}

impl<'a> Head<'a> {
    /// Of a chain without an event.
    fn none(subject: &'a str, now: Moment) -> Self {
        Self { subject, seq: 0, hash: Vec::new(), changed_at: now.0 }
    }
}

/// Appends events by one actor to the chains of many subjects, each named once: a few statements for all.
pub fn append_all(
    conn: &mut Conn,
    happened: &[(Subject, Vec<Happening>)],
    actor: &Actor,
    now: Moment,
) -> Result<(), StorageError> {
    let actor = actor.to_string();
    let subjects: Vec<String> = happened.iter().map(|(subject, _)| subject.to_string()).collect();
    let mut ends = ends_of(conn, &subjects, now)?;
    let (mut rows, mut heads) = (Vec::with_capacity(subjects.len()), Vec::with_capacity(subjects.len()));
    for (subject, (_, events)) in subjects.iter().zip(happened) {
        let (mut seq, mut hash) = ends.remove(subject).unwrap_or_default();
        for what in events {
            seq += 1;
            let event = NewEvent::new((subject, seq, &hash), &actor, what, now);
            hash.clone_from(&event.hash);
            rows.push(event);
        }
        heads.push(Head { subject, seq, hash, changed_at: now.0 });
    }
    insert_all!(conn, events::table, &rows);
    put_heads(conn, &heads)
}

/// The last number and hash of chains. On PostgreSQL they are held, as [`held_head`] holds one.
fn ends_of(conn: &mut Conn, subjects: &[String], now: Moment) -> Result<HashMap<String, (i64, Vec<u8>)>, StorageError> {
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
fn put_heads(conn: &mut Conn, all: &[Head<'_>]) -> Result<(), StorageError> {
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

/// Events of a subject, newest first, before a number in its chain.
pub fn of(conn: &mut Conn, subject: Subject, before: Option<i64>, limit: i64) -> Result<Vec<EventRow>, StorageError> {
    Ok(events::table
        .filter(events::subject.eq(subject.to_string()))
        .filter(events::seq.lt(before.unwrap_or(i64::MAX)))
        .order(events::seq.desc())
        .limit(limit)
        .select(EventRow::as_select())
        .load(conn)?)
}

/// All events of a subject, oldest first.
pub fn all_of(conn: &mut Conn, subject: Subject) -> Result<Vec<EventRow>, StorageError> {
    Ok(events::table
        .filter(events::subject.eq(subject.to_string()))
        .order(events::seq)
        .select(EventRow::as_select())
        .load(conn)?)
}
