//! Events read back: the row, its private values, who did it, and what was forgotten.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde_json::{Map, Value};

use super::names::Names;
use super::row::EventRow;
use crate::domain::base::moment::Moment;
use crate::domain::record::event::{Event, EventKind, Forgetting, Private, Recorded, Subject};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{event_values, events};

/// Rows whose values are loaded with one query.
const TOGETHER: usize = 500;

/// A private value, as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = event_values)]
pub struct ValueRow {
    pub event_id: i64,
    pub name: String,
    pub commitment: Vec<u8>,
    /// Nothing once it was forgotten, as its value.
    pub salt: Option<Vec<u8>>,
    pub value: Option<String>,
    pub vault: String,
}

/// What an event says.
#[derive(Clone, Debug)]
pub enum Shown {
    Known(Box<Recorded>),
    /// A newer version of the program wrote it: its plain facts.
    Unknown(Map<String, Value>),
}

/// An event to be shown.
#[derive(Clone, Debug)]
pub struct RecordedEvent {
    pub row: EventRow,
    pub what: Shown,
    /// Who did it, with the name of today.
    pub actor: String,
    /// The stored private values, sorted by name.
    pub values: Vec<ValueRow>,
}

impl RecordedEvent {
    /// The event; nothing where a newer version wrote it.
    pub fn event(&self) -> Option<&Event> {
        match &self.what {
            Shown::Known(recorded) => Some(&recorded.event),
            Shown::Unknown(_) => None,
        }
    }
    /// The facts, plain and private, for other programs.
    pub fn facts(&self) -> Map<String, Value> {
        match &self.what {
            Shown::Known(recorded) => recorded.facts(),
            Shown::Unknown(facts) => facts.clone(),
        }
    }
    /// Why, where somebody gave a reason.
    pub fn reason(&self) -> String {
        match &self.what {
            Shown::Known(recorded) => recorded.reason(),
            Shown::Unknown(_) => String::new(),
        }
    }
    /// When and why a private value was forgotten; nothing while it is there.
    pub fn forgotten_value(&self, name: &str) -> Option<Forgetting> {
        let Shown::Known(recorded) = &self.what else { return None };
        recorded.private().into_iter().find(|(found, ..)| *found == name).and_then(|(_, _, value)| match value {
            Private::Forgotten(forgetting) => Some(forgetting.clone()),
            Private::None | Private::Value(_) => None,
        })
    }
    /// Names of values that were forgotten.
    pub fn forgotten(&self) -> Vec<String> {
        self.values.iter().filter(|value| value.value.is_none()).map(|value| value.name.clone()).collect()
    }
}

/// The private values of events, by row number and sorted by name.
pub(in crate::storage) fn values_of(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<ValueRow>>, StorageError> {
    let mut found: HashMap<i64, Vec<ValueRow>> = HashMap::new();
    for some in ids.chunks(TOGETHER) {
        let rows: Vec<ValueRow> =
            event_values::table.filter(event_values::event_id.eq_any(some)).select(ValueRow::as_select()).load(conn)?;
        for row in rows {
            found.entry(row.event_id).or_default().push(row);
        }
    }
    // By bytes, as they are hashed: a database may sort by the rules of a language.
    for list in found.values_mut() {
        list.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(found)
}

/// Events of chains that say what was forgotten: number in the chain, and when and why, by subject and vault.
struct Forgettings(HashMap<(String, String), Vec<(i64, Forgetting)>>);

impl Forgettings {
    /// Those that values of these rows may need; no query where nothing was forgotten.
    fn load(conn: &mut Conn, rows: &[EventRow], values: &HashMap<i64, Vec<ValueRow>>) -> Result<Self, StorageError> {
        let emptied = |row: &&EventRow| values.get(&row.id).is_some_and(|list| list.iter().any(|v| v.value.is_none()));
        let subjects: HashSet<&str> = rows.iter().filter(emptied).map(|row| row.subject.as_str()).collect();
        let subjects: Vec<&str> = subjects.into_iter().collect();
        let mut found: HashMap<(String, String), Vec<(i64, Forgetting)>> = HashMap::new();
        for some in subjects.chunks(TOGETHER) {
            let told: Vec<EventRow> = events::table
                .filter(events::subject.eq_any(some))
                .filter(events::kind.eq(EventKind::ValuesForgotten.code()))
                .order((events::subject, events::seq))
                .select(EventRow::as_select())
                .load(conn)?;
            for row in told {
                if let Event::ValuesForgotten(facts) = parsed(&row, Vec::new())?.event {
                    let forgetting = Forgetting { at: Some(Moment(row.at)), basis: facts.basis };
                    let vault = facts.vault.to_string();
                    found.entry((row.subject, vault)).or_default().push((row.seq, forgetting));
                }
            }
        }
        Ok(Self(found))
    }

    /// A value as it is shown.
    fn read(&self, row: &EventRow, value: &ValueRow) -> Private {
        if let Some(text) = &value.value {
            return Private::Value(text.clone());
        }
        let all = self.0.get(&(row.subject.clone(), value.vault.clone()));
        let later = all.and_then(|all| all.iter().find(|(seq, _)| *seq > row.seq));
        Private::Forgotten(later.map(|(_, forgetting)| forgetting.clone()).unwrap_or_default())
    }
}

/// Reads a row as what it says.
///
/// # Errors
///
/// The row is not one that this version writes; the error names it.
pub(in crate::storage) fn parsed(row: &EventRow, values: Vec<(String, Private)>) -> Result<Recorded, StorageError> {
    let corrupt = |column| StorageError::Corrupt { table: "events", column, id: row.id.to_string() };
    let kind: EventKind = row.kind.parse().map_err(|()| corrupt("kind"))?;
    Recorded::parse(kind, &row.facts, values).map_err(|_| corrupt("facts"))
}

/// Reads rows to be shown.
///
/// # Errors
///
/// A row of a known kind cannot be read; the error names it.
pub(in crate::storage) fn load(conn: &mut Conn, rows: Vec<EventRow>) -> Result<Vec<RecordedEvent>, StorageError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut values = values_of(conn, &ids)?;
    let (names, forgettings) = (Names::load(conn, &rows)?, Forgettings::load(conn, &rows, &values)?);
    let read = |row: EventRow| {
        let values = values.remove(&row.id).unwrap_or_default();
        let what = if row.kind.parse::<EventKind>().is_ok() {
            let private = values.iter().map(|v| (v.name.clone(), forgettings.read(&row, v))).collect();
            Shown::Known(Box::new(parsed(&row, private)?))
        } else {
            Shown::Unknown(serde_json::from_str(&row.facts).unwrap_or_default())
        };
        Ok(RecordedEvent { actor: names.display(&row.actor), what, row, values })
    };
    rows.into_iter().map(read).collect()
}

/// Events of a subject, newest first, before a number in its chain.
pub fn of(
    conn: &mut Conn,
    subject: Subject,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<RecordedEvent>, StorageError> {
    let rows = events::table
        .filter(events::subject.eq(subject.to_string()))
        .filter(events::seq.lt(before.unwrap_or(i64::MAX)))
        .order(events::seq.desc())
        .limit(limit)
        .select(EventRow::as_select())
        .load(conn)?;
    load(conn, rows)
}

/// All events of a subject, oldest first.
pub fn all_of(conn: &mut Conn, subject: Subject) -> Result<Vec<RecordedEvent>, StorageError> {
    let rows = events::table
        .filter(events::subject.eq(subject.to_string()))
        .order(events::seq)
        .select(EventRow::as_select())
        .load(conn)?;
    load(conn, rows)
}
