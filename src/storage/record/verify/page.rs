//! A page of rows with the events of their subjects.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::record::event::{Event, Forgetting, Private, Recorded};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::events;
use crate::storage::record::events::{EventRow, parsed, values_of};
use crate::storage::record::verify_chains::Broken;

/// Rows compared at a time.
pub(super) const PAGE: i64 = 200;

/// Events of the subjects of a page, by row number, oldest first.
pub(super) struct RecordedEvents(HashMap<i64, Vec<Recorded>>);

impl RecordedEvents {
    /// Loads those of `prefix:ID`. What cannot be read is named.
    pub fn load(conn: &mut Conn, prefix: &str, ids: &[i64], found: &mut Vec<Broken>) -> Result<Self, StorageError> {
        let subjects: HashMap<String, i64> = ids.iter().map(|id| (format!("{prefix}:{id}"), *id)).collect();
        let mut told: HashMap<i64, Vec<Recorded>> = HashMap::new();
        let rows: Vec<EventRow> = events::table
            .filter(events::subject.eq_any(subjects.keys()))
            .order((events::subject, events::seq))
            .select(EventRow::as_select())
            .load(conn)?;
        for (row, recorded) in read(conn, rows)? {
            match (subjects.get(&row.subject), recorded) {
                (Some(id), Some(recorded)) => told.entry(*id).or_default().push(recorded),
                (_, None) => found.push(Broken::Unreadable { subject: row.subject, seq: row.seq }),
                (None, Some(_)) => {}
            }
        }
        Ok(Self(told))
    }
    pub fn of(&self, id: i64) -> &[Recorded] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// Rows with what they say; nothing for those that cannot be read.
pub(super) fn read(conn: &mut Conn, rows: Vec<EventRow>) -> Result<Vec<(EventRow, Option<Recorded>)>, StorageError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut values = values_of(conn, &ids)?;
    let one = |row: EventRow| {
        let values = values.remove(&row.id).unwrap_or_default().into_iter();
        let forgotten = || Private::Forgotten(Forgetting::default());
        let values = values.map(|v| (v.name, v.value.map_or_else(forgotten, Private::Value))).collect();
        let recorded = parsed(&row, values).ok();
        (row, recorded)
    };
    Ok(rows.into_iter().map(one).collect())
}

/// A page of the whole record after a row number, oldest first.
pub(super) fn after(conn: &mut Conn, id: i64) -> Result<Vec<(EventRow, Option<Recorded>)>, StorageError> {
    let rows = events::table
        .filter(events::id.gt(id))
        .order(events::id)
        .limit(1000)
        .select(EventRow::as_select())
        .load(conn)?;
    read(conn, rows)
}

/// The digest that an event of a letter tells.
pub(super) fn letter_digest(event: &Event) -> Option<&str> {
    match event {
        Event::LetterAccepted(facts) | Event::LetterFailed(facts) => facts.sha256.text(),
        _ => None,
    }
}

/// Names a difference.
pub(super) fn differs(found: &mut Vec<Broken>, subject: impl std::fmt::Display, what: impl Into<String>) {
    found.push(Broken::Differs { subject: subject.to_string(), what: what.into() });
}

/// Rows by the case they belong to, in the order they were loaded in.
pub(super) fn by_case<T>(rows: impl IntoIterator<Item = (i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut found: HashMap<i64, Vec<T>> = HashMap::new();
    for (case, row) in rows {
        found.entry(case).or_default().push(row);
    }
    found
}
