//! The append-only record and its chains.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::prepared::{Prepared, here};
use super::schema::{events, heads};
use crate::domain::event::{Actor, Happening, Subject, link_hash};
use crate::domain::moment::Moment;

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

/// Writes an event at its place, a number after a hash; returns its own hash.
fn write(
    conn: &mut Conn,
    (subject, seq, previous): (&str, i64, &[u8]),
    actor: &Actor,
    what: &Happening,
    now: Moment,
) -> Result<Vec<u8>, StorageError> {
    let facts = serde_json::to_string(&what.facts).unwrap_or_default();
    let actor = actor.to_string();
    let hash = link_hash(previous, subject, seq, now, [&actor, what.kind, &facts, &what.reason]);
    diesel::insert_into(events::table)
        .values((
            events::subject.eq(subject),
            events::seq.eq(seq),
            events::at.eq(now.0),
            events::actor.eq(actor),
            events::kind.eq(what.kind),
            events::facts.eq(facts),
            events::reason.eq(&what.reason),
            events::hash.eq(&hash),
        ))
        .fixed(here!())
        .run(conn)?;
    Ok(hash)
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
    let none = (
        heads::subject.eq(subject),
        heads::seq.eq(0_i64),
        heads::hash.eq(Vec::<u8>::new()),
        heads::changed_at.eq(now.0),
    );
    diesel::insert_into(heads::table)
        .values(none)
        .on_conflict(heads::subject)
        .do_update()
        .set(heads::changed_at.eq(now.0))
        .returning((heads::seq, heads::hash))
        .fixed(here!())
        .row(conn)
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

/// A chain that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The row differs from what its hash was made of.
    Changed { subject: String, seq: i64 },
    /// A number is missing or out of order.
    Missing { subject: String, seq: i64 },
    /// The chain is shorter or longer than its head says.
    HeadDiffers { subject: String },
    /// A checkpoint names a head that the chain no longer has.
    CheckpointDiffers { checkpoint: i64, subject: String, seq: i64 },
    /// The heads of a checkpoint are not those its digest was made of.
    CheckpointChanged { checkpoint: i64 },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed { subject, seq } => {
                write!(f, "{subject}, event {seq}: the row was changed after it was written")
            }
            Self::Missing { subject, seq } => write!(f, "{subject}, event {seq}: missing or out of order"),
            Self::HeadDiffers { subject } => write!(f, "{subject}: the end of the chain is missing or was replaced"),
            Self::CheckpointDiffers { checkpoint, subject, seq } => {
                write!(f, "checkpoint {checkpoint}: {subject} had event {seq}, which is missing or was changed")
            }
            Self::CheckpointChanged { checkpoint } => write!(f, "checkpoint {checkpoint}: its list was changed"),
        }
    }
}

/// Walks every chain in pages of the subject's index; memory does not grow with the record.
/// Returns how many events were read.
pub fn verify(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let mut read = 0;
    let mut at: (String, i64) = (String::new(), i64::MIN);
    let mut chain: Option<(String, i64, Vec<u8>)> = None;
    loop {
        let page: Vec<EventRow> = events::table
            .filter(events::subject.ge(&at.0))
            .filter(events::subject.gt(&at.0).or(events::subject.eq(&at.0).and(events::seq.gt(at.1))))
            .order((events::subject, events::seq))
            .limit(1000)
            .select(EventRow::as_select())
            .load(conn)?;
        let Some(last) = page.last() else { break };
        at = (last.subject.clone(), last.seq);
        let heads = heads_of(conn, &page, chain.as_ref().map(|c| c.0.as_str()))?;
        for row in &page {
            read += 1;
            chain = Some(step(row, chain.take(), &heads, found));
        }
    }
    if let Some((subject, seq, hash)) = &chain {
        let heads = heads_of(conn, &[], Some(subject))?;
        check_head(subject, *seq, hash, &heads, found);
    }
    missing_chains(conn, found)?;
    Ok(read)
}

type Heads = HashMap<String, (i64, Vec<u8>)>;

/// Heads of the chains on a page, and of the one carried over from the page before.
fn heads_of(conn: &mut Conn, page: &[EventRow], carried: Option<&str>) -> Result<Heads, StorageError> {
    let mut subjects: Vec<&str> = carried.into_iter().chain(page.iter().map(|e| e.subject.as_str())).collect();
    subjects.dedup();
    let rows: Vec<(String, i64, Vec<u8>)> = heads::table
        .filter(heads::subject.eq_any(subjects))
        .select((heads::subject, heads::seq, heads::hash))
        .load(conn)?;
    Ok(rows.into_iter().map(|(s, seq, hash)| (s, (seq, hash))).collect())
}

fn step(
    row: &EventRow,
    before: Option<(String, i64, Vec<u8>)>,
    heads: &Heads,
    found: &mut Vec<Broken>,
) -> (String, i64, Vec<u8>) {
    let (seq, previous) = match before {
        Some((subject, seq, hash)) if subject == row.subject => (seq, hash),
        Some((subject, seq, hash)) => {
            check_head(&subject, seq, &hash, heads, found);
            (0, Vec::new())
        }
        None => (0, Vec::new()),
    };
    if row.seq != seq + 1 {
        found.push(Broken::Missing { subject: row.subject.clone(), seq: seq + 1 });
    } else if row.expected_hash(&previous) != row.hash {
        found.push(Broken::Changed { subject: row.subject.clone(), seq: row.seq });
    }
    // Go on from the stored hash: one change is reported once, not for every later row.
    (row.subject.clone(), row.seq, row.hash.clone())
}

fn check_head(subject: &str, seq: i64, hash: &[u8], heads: &Heads, found: &mut Vec<Broken>) {
    let whole = heads.get(subject).is_some_and(|(head_seq, head_hash)| *head_seq == seq && head_hash == hash);
    if !whole {
        found.push(Broken::HeadDiffers { subject: subject.to_owned() });
    }
}

/// Heads without any event: whole chains that were deleted.
fn missing_chains(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let gone: Vec<String> = heads::table
        .filter(diesel::dsl::not(diesel::dsl::exists(events::table.filter(events::subject.eq(heads::subject)))))
        .select(heads::subject)
        .limit(1000)
        .load(conn)?;
    found.extend(gone.into_iter().map(|subject| Broken::HeadDiffers { subject }));
    Ok(())
}

/// All events of a subject, oldest first.
pub fn all_of(conn: &mut Conn, subject: Subject) -> Result<Vec<EventRow>, StorageError> {
    Ok(events::table
        .filter(events::subject.eq(subject.to_string()))
        .order(events::seq)
        .select(EventRow::as_select())
        .load(conn)?)
}
