//! The record as one list, for systems that keep in step: events by row number, with the references that
//! people and other systems know instead of our row numbers.

use std::collections::HashMap;

use diesel::prelude::*;

use super::events::{EventRow, RecordedEvent};
use super::{events as record, feed_marks};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{cases, customers, events, notices};

/// One event with its subject's public name.
#[derive(Clone, Debug)]
pub struct FeedEvent {
    pub event: RecordedEvent,
    /// `notice`, `case`, `customer`, `installation`.
    pub about: String,
    /// Reference of a notice or case, account number of a customer.
    pub reference: String,
}

/// Events after a row number, oldest first; none that a smaller number can still appear before.
pub fn after(conn: &mut Conn, id: i64, limit: i64) -> Result<Vec<FeedEvent>, StorageError> {
    let settled = feed_marks::settled(conn)?;
    let rows: Vec<EventRow> = events::table
        .filter(events::id.gt(id))
        .filter(events::id.le(settled))
        .order(events::id)
        .limit(limit)
        .select(EventRow::as_select())
        .load(conn)?;
    let names = Names::load(conn, &rows)?;
    Ok(record::load(conn, rows)?.into_iter().map(|event| names.put(event)).collect())
}

/// Public names of the subjects on a page: three queries, however long it is.
struct Names(HashMap<String, String>);

impl Names {
    fn load(conn: &mut Conn, rows: &[EventRow]) -> Result<Self, StorageError> {
        let ids = |kind: &str| -> Vec<i64> {
            rows.iter().filter_map(|r| r.subject.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()).collect()
        };
        let mut names = HashMap::new();
        let mut take = |kind: &str, found: Vec<(i64, String)>| {
            names.extend(found.into_iter().map(|(id, name)| (format!("{kind}:{id}"), name)));
        };
        let of_notices = notices::table.filter(notices::id.eq_any(ids("notice")));
        take("notice", of_notices.select((notices::id, notices::reference)).load(conn)?);
        let of_cases = cases::table.filter(cases::id.eq_any(ids("case")));
        take("case", of_cases.select((cases::id, cases::reference)).load(conn)?);
        let of_customers = customers::table.filter(customers::id.eq_any(ids("customer")));
        take("customer", of_customers.select((customers::id, customers::external_id)).load(conn)?);
        Ok(Self(names))
    }

    fn put(&self, event: RecordedEvent) -> FeedEvent {
        let about = event.row.subject.split(':').next().unwrap_or_default().to_owned();
        let reference = self.0.get(&event.row.subject).cloned().unwrap_or_default();
        FeedEvent { event, about, reference }
    }
}
