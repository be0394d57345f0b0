//! Events appended to their chains.

use std::collections::HashMap;

use diesel::prelude::*;

use super::heads::{Head, ends_of, next_place, put_heads};
use super::owners;
use crate::domain::base::moment::Moment;
use crate::domain::record::event::link::{Place, Plain, Salt, commitment, event_hash};
use crate::domain::record::event::{Actor, Beside, Event, Owners, Recorded, Subject, Whose};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::insert_all;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::{event_values, events, heads};

/// Who records, when, and where salts come from.
pub struct Recorder<'a> {
    pub actor: &'a Actor,
    pub now: Moment,
    /// 32 random bytes at each call.
    pub salt: &'a dyn Fn() -> Salt,
    /// Whom subjects concern, as far as that is known already.
    pub owners: &'a mut HashMap<Subject, Owners>,
}

impl Recorder<'_> {
    /// Whom a subject concerns, as far as a private value asks for it.
    fn owners(&mut self, conn: &mut Conn, subject: Subject, whose: &Whose) -> Result<Owners, StorageError> {
        let known = self.owners.get(&subject).copied().unwrap_or_default();
        if whose.known_from(self.actor, known) {
            return Ok(known);
        }
        let found = owners::of(conn, subject)?;
        self.owners.insert(subject, found);
        Ok(found)
    }
}

/// Begins the chain of a subject that was just stored: nobody else can know of it yet, so that nothing is looked up and
/// nothing locked.
pub fn begin(
    conn: &mut Conn,
    subject: Subject,
    what: &Recorded,
    recorder: &mut Recorder<'_>,
) -> Result<(), StorageError> {
    let name = subject.to_string();
    let place = Place { previous: &[], subject: &name, seq: 1, at: recorder.now };
    let hash = write(conn, subject, place, what, recorder)?;
    let end = (heads::seq.eq(1_i64), heads::hash.eq(&hash), heads::changed_at.eq(recorder.now.0));
    Ok(diesel::insert_into(heads::table).values((heads::subject.eq(&name), end)).fixed(here!()).run(conn)?)
}

/// Appends an event to the chain of its subject.
pub fn append(
    conn: &mut Conn,
    subject: Subject,
    what: &Recorded,
    recorder: &mut Recorder<'_>,
) -> Result<(), StorageError> {
    let name = subject.to_string();
    let (seq, previous) = next_place(conn, &name, recorder.now)?;
    let place = Place { previous: &previous, subject: &name, seq, at: recorder.now };
    let hash = write(conn, subject, place, what, recorder)?;
    let end = (heads::seq.eq(seq), heads::hash.eq(&hash), heads::changed_at.eq(recorder.now.0));
    Ok(diesel::insert_into(heads::table)
        .values((heads::subject.eq(&name), end))
        .on_conflict(heads::subject)
        .do_update()
        .set(end)
        .fixed(here!())
        .run(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct NewEvent {
    subject: String,
    seq: i64,
    at: i64,
    actor: String,
    kind: &'static str,
    facts: String,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// A private value before its event has a row number.
struct NewValue {
    name: &'static str,
    commitment: Vec<u8>,
    salt: Vec<u8>,
    value: String,
    vault: String,
}

#[derive(Insertable)]
#[diesel(table_name = event_values)]
struct ValueOf {
    event_id: i64,
    name: &'static str,
    commitment: Vec<u8>,
    salt: Vec<u8>,
    value: String,
    vault: String,
}

impl NewValue {
    fn of(self, event_id: i64) -> ValueOf {
        let Self { name, commitment, salt, value, vault } = self;
        ValueOf { event_id, name, commitment, salt, value, vault }
    }
}

/// The rows of an event at its place.
fn rows(
    conn: &mut Conn,
    subject: Subject,
    place: Place<'_>,
    what: &Recorded,
    recorder: &mut Recorder<'_>,
) -> Result<(NewEvent, Vec<NewValue>), StorageError> {
    let values = values(conn, subject, what, recorder)?;
    let corrupt = |_| StorageError::Corrupt { table: "events", column: "facts", id: place.subject.to_owned() };
    let (actor, facts) = (recorder.actor.code().to_string(), what.plain().map_err(corrupt)?);
    let (salt, kind) = ((recorder.salt)(), what.event.kind().code());
    let plain = Plain { actor: &actor, kind, facts: &facts, salt: &salt };
    let hash = event_hash(place, plain, values.iter().map(|v| (v.name, v.commitment.as_slice()))).to_vec();
    let Place { subject, seq, at, .. } = place;
    let salt = salt.to_vec();
    Ok((NewEvent { subject: subject.to_owned(), seq, at: at.0, actor, kind, facts, salt, hash }, values))
}

/// The private values of an event, sorted by name.
fn values(
    conn: &mut Conn,
    subject: Subject,
    what: &Recorded,
    recorder: &mut Recorder<'_>,
) -> Result<Vec<NewValue>, StorageError> {
    let mut made = Vec::new();
    for (name, whose, value) in what.private() {
        let Some(value) = value.text() else { continue };
        let owners = recorder.owners(conn, subject, &whose)?;
        let salt = (recorder.salt)();
        made.push(NewValue {
            name,
            commitment: commitment(name, &salt, value).to_vec(),
            salt: salt.to_vec(),
            value: value.to_owned(),
            vault: whose.vault(subject, recorder.actor, owners).to_string(),
        });
    }
    Ok(made)
}

/// Writes an event at its place; returns its hash.
fn write(
    conn: &mut Conn,
    subject: Subject,
    place: Place<'_>,
    what: &Recorded,
    recorder: &mut Recorder<'_>,
) -> Result<Vec<u8>, StorageError> {
    let (event, values) = rows(conn, subject, place, what, recorder)?;
    if values.is_empty() {
        diesel::insert_into(events::table).values(&event).fixed(here!()).run(conn)?;
        return Ok(event.hash);
    }
    let id: i64 = diesel::insert_into(events::table).values(&event).returning(events::id).fixed(here!()).row(conn)?;
    let values: Vec<ValueOf> = values.into_iter().map(|value| value.of(id)).collect();
    insert_all!(conn, event_values::table, &values);
    Ok(event.hash)
}

/// Appends events by one actor to the chains of many subjects, each named once: a few statements for all.
pub fn append_all(
    conn: &mut Conn,
    happened: &[(Subject, Vec<Event>)],
    recorder: &mut Recorder<'_>,
) -> Result<(), StorageError> {
    let subjects: Vec<String> = happened.iter().map(|(subject, _)| subject.to_string()).collect();
    let mut ends = ends_of(conn, &subjects, recorder.now)?;
    let (mut new, mut heads) = (Vec::with_capacity(subjects.len()), Vec::with_capacity(subjects.len()));
    let mut private: HashMap<(String, i64), Vec<NewValue>> = HashMap::new();
    for (name, (subject, events)) in subjects.iter().zip(happened) {
        let (mut seq, mut hash) = ends.remove(name).unwrap_or_default();
        for event in events {
            seq += 1;
            let what = Recorded { event: event.clone(), beside: Beside::default() };
            let place = Place { previous: &hash, subject: name, seq, at: recorder.now };
            let (row, values) = rows(conn, *subject, place, &what, recorder)?;
            hash.clone_from(&row.hash);
            new.push(row);
            if !values.is_empty() {
                private.insert((name.clone(), seq), values);
            }
        }
        heads.push(Head { subject: name, seq, hash, changed_at: recorder.now.0 });
    }
    insert_all!(conn, events::table, &new);
    put_values(conn, private)?;
    put_heads(conn, &heads)
}

/// Stores private values of events that have just been stored, by their places.
fn put_values(conn: &mut Conn, mut private: HashMap<(String, i64), Vec<NewValue>>) -> Result<(), StorageError> {
    let mut subjects: Vec<String> = private.keys().map(|(subject, _)| subject.clone()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let Some(first) = private.keys().map(|(_, seq)| *seq).min() else { return Ok(()) };
    let mut stored: Vec<(i64, String, i64)> = Vec::new();
    for some in subjects.chunks(500) {
        stored.extend(
            events::table
                .filter(events::subject.eq_any(some))
                .filter(events::seq.ge(first))
                .select((events::id, events::subject, events::seq))
                .load::<(i64, String, i64)>(conn)?,
        );
    }
    let mut rows = Vec::new();
    for (id, subject, seq) in stored {
        let values = private.remove(&(subject, seq)).unwrap_or_default();
        rows.extend(values.into_iter().map(|value| value.of(id)));
    }
    insert_all!(conn, event_values::table, &rows);
    Ok(())
}
