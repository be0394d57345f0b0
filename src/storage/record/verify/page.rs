//! A page of rows with the events of their subjects.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::{Map, Value};

use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::events;
use crate::storage::record::verify_chains::Broken;

/// Rows compared at a time.
pub(super) const PAGE: i64 = 200;

/// An event as far as it tells of rows.
#[derive(Debug)]
pub(super) struct Event {
    pub kind: String,
    pub reason: String,
    facts: Map<String, Value>,
}

impl Event {
    pub fn text(&self, fact: &str) -> Option<&str> {
        self.facts.get(fact)?.as_str()
    }
    pub fn number(&self, fact: &str) -> Option<i64> {
        self.facts.get(fact)?.as_i64()
    }
    pub fn flag(&self, fact: &str) -> Option<bool> {
        self.facts.get(fact)?.as_bool()
    }
    /// A list of texts; nothing where the event tells none.
    pub fn texts(&self, fact: &str) -> Option<Vec<&str>> {
        Some(self.facts.get(fact)?.as_array()?.iter().filter_map(Value::as_str).collect())
    }
}

/// Events of the subjects of a page, by row number, oldest first.
pub(super) struct Told(HashMap<i64, Vec<Event>>);

impl Told {
    /// Loads those of `prefix:ID`, some kinds alone where their beginnings are named.
    pub fn load(conn: &mut Conn, prefix: &str, ids: &[i64]) -> Result<Self, StorageError> {
        let subjects: HashMap<String, i64> = ids.iter().map(|id| (format!("{prefix}:{id}"), *id)).collect();
        let mut told: HashMap<i64, Vec<Event>> = HashMap::new();
        let rows: Vec<(String, String, String, String)> = events::table
            .filter(events::subject.eq_any(subjects.keys()))
            .order((events::subject, events::seq))
            .select((events::subject, events::kind, events::facts, events::reason))
            .load(conn)?;
        for (subject, kind, facts, reason) in rows {
            if let Some(id) = subjects.get(&subject) {
                told.entry(*id).or_default().push(event(kind, &facts, reason));
            }
        }
        Ok(Self(told))
    }
    pub fn of(&self, id: i64) -> &[Event] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn event(kind: String, facts: &str, reason: String) -> Event {
    Event { kind, reason, facts: serde_json::from_str(facts).unwrap_or_default() }
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
