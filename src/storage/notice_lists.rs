//! Lists of notices, and what lists show of several.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::notices::{NoticeRecord, NoticeRow};
use super::prepared::{Prepared, here};
use super::schema::notices;
use crate::domain::finding::Finding;
use crate::domain::ids::{NoticeId, SenderId};
use crate::domain::moment::Moment;

/// Which notices a list shows.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The sender's own number.
    pub sender_reference: Option<String>,
    /// Received at or after.
    pub since: Option<Moment>,
    /// Received before.
    pub until: Option<Moment>,
    /// Place to go on from: time of receipt and row number.
    pub before: Option<(i64, i64)>,
}

/// Notices, newest first.
pub fn list(conn: &mut Conn, wanted: &Wanted, limit: i64) -> Result<Vec<NoticeRecord>, StorageError> {
    let mut query = notices::table.into_boxed();
    if let Some(since) = wanted.since {
        query = query.filter(notices::received_at.ge(since.0));
    }
    if let Some(until) = wanted.until {
        query = query.filter(notices::received_at.lt(until.0));
    }
    if let Some((at, id)) = wanted.before {
        let earlier = notices::received_at.lt(at).or(notices::received_at.eq(at).and(notices::id.lt(id)));
        query = query.filter(notices::received_at.le(at)).filter(earlier);
    }
    let query = match &wanted.sender_reference {
        Some(reference) => query.filter(notices::sender_reference.eq(reference.clone())),
        None => query,
    };
    let rows: Vec<NoticeRow> = query
        .order((notices::received_at.desc(), notices::id.desc()))
        .limit(limit)
        .select(NoticeRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Notices a sender gave this reference, newest first (at most 50).
pub fn by_sender_reference(conn: &mut Conn, reference: &str) -> Result<Vec<NoticeRecord>, StorageError> {
    let rows: Vec<NoticeRow> = notices::table
        .filter(notices::sender_reference.eq(reference))
        .order(notices::id.desc())
        .limit(50)
        .select(NoticeRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// References of several notices, for lists: one query.
pub fn references_of(conn: &mut Conn, ids: &[NoticeId]) -> Result<HashMap<NoticeId, String>, StorageError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String)> =
        notices::table.filter(notices::id.eq_any(keys)).select((notices::id, notices::reference)).load(conn)?;
    Ok(rows.into_iter().map(|(id, reference)| (NoticeId(id), reference)).collect())
}

/// Findings of several notices, for lists: one query.
pub fn findings_of(conn: &mut Conn, ids: &[NoticeId]) -> Result<HashMap<NoticeId, Vec<Finding>>, StorageError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String)> =
        notices::table.filter(notices::id.eq_any(keys)).select((notices::id, notices::findings)).load(conn)?;
    rows.into_iter()
        .map(|(id, text)| {
            let findings = serde_json::from_str(&text).map_err(|_| StorageError::corrupt("notices", "findings", id))?;
            Ok((NoticeId(id), findings))
        })
        .collect()
}

/// Notices of a sender, newest first.
pub fn of_sender(conn: &mut Conn, sender: SenderId, limit: i64) -> Result<Vec<NoticeRecord>, StorageError> {
    let rows: Vec<NoticeRow> = notices::table
        .filter(notices::sender_id.eq(sender.0))
        .order((notices::received_at.desc(), notices::id.desc()))
        .limit(limit)
        .select(NoticeRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// When the newest notices of a sender came, and their numbers.
pub(super) fn newest_of_sender(conn: &mut Conn, sender: SenderId, limit: i64) -> Result<Vec<(i64, i64)>, StorageError> {
    Ok(notices::table
        .filter(notices::sender_id.eq(sender.0))
        .order((notices::received_at.desc(), notices::id.desc()))
        .limit(limit)
        .select((notices::received_at, notices::id))
        .fixed(here!())
        .rows(conn)?)
}
