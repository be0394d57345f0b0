//! Lists of notices, and what lists show of several.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::notices::{NoticeRecord, NoticeRow};
use crate::domain::base::ids::{NoticeId, SenderId};
use crate::domain::base::moment::Moment;
use crate::domain::material::location_state::LocationState;
use crate::domain::regimes::us_512::finding::Finding;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::{locations, notices};

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

/// Acceptable notices of which no location is of an account here, as the index of the same name has them. Written out,
/// because a condition with bound values would not be seen to be that of the index.
const WITHOUT_OWNER: &str =
    "hosted = 0 AND locations > unreadable AND class <> 'defective' AND withdrawn_at IS NULL AND duplicate_of IS NULL";

/// The same of which some locations are of an account here and others of none. A repeat is among them: what it repeats
/// may not have named the others.
const IN_PART: &str =
    "hosted > 0 AND locations > hosted + unreadable AND class <> 'defective' AND withdrawn_at IS NULL";

/// How much of a notice is of no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownerless {
    /// All that it names.
    Whole,
    /// Some of it.
    InPart,
}

impl Ownerless {
    fn condition(self) -> &'static str {
        match self {
            Self::Whole => WITHOUT_OWNER,
            Self::InPart => IN_PART,
        }
    }
}

/// Notices that ask for something and name what no account has, newest first, before a row number.
pub fn without_owner(
    conn: &mut Conn,
    which: Ownerless,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<NoticeRecord>, StorageError> {
    let rows: Vec<NoticeRow> = notices::table
        .filter(sql::<Bool>(which.condition()))
        .filter(notices::id.lt(before.unwrap_or(i64::MAX)))
        .order(notices::id.desc())
        .limit(limit)
        .select(NoticeRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many there are, counted up to `limit`.
pub fn count_without_owner(conn: &mut Conn, which: Ownerless, limit: i64) -> Result<i64, StorageError> {
    let some: Vec<i64> = notices::table
        .filter(sql::<Bool>(which.condition()))
        .order(notices::id.desc())
        .limit(limit)
        .select(notices::id)
        .load(conn)?;
    Ok(i64::try_from(some.len()).unwrap_or(limit))
}

/// The first locations of several notices as written, at most `most` of each: one query.
pub fn first_locations_of(
    conn: &mut Conn,
    ids: &[NoticeId],
    most: i32,
) -> Result<HashMap<NoticeId, Vec<String>>, StorageError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String)> = locations::table
        .filter(locations::notice_id.eq_any(keys))
        .filter(locations::position.le(most))
        .order((locations::notice_id, locations::position))
        .select((locations::notice_id, locations::shown))
        .load(conn)?;
    let mut found: HashMap<NoticeId, Vec<String>> = HashMap::new();
    for (notice, shown) in rows {
        found.entry(NoticeId(notice)).or_default().push(shown);
    }
    Ok(found)
}

/// The first locations of several notices that no account has, at most `most` of each, in the order given.
pub fn first_ownerless_of(
    conn: &mut Conn,
    ids: &[NoticeId],
    most: i64,
) -> Result<HashMap<NoticeId, Vec<String>>, StorageError> {
    let mut found = HashMap::with_capacity(ids.len());
    for id in ids {
        let shown: Vec<String> = locations::table
            .filter(locations::notice_id.eq(id.0))
            .filter(locations::state.eq(LocationState::NotHosted.code()))
            .order(locations::position)
            .limit(most)
            .select(locations::shown)
            .load(conn)?;
        found.insert(*id, shown);
    }
    Ok(found)
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

/// When the newest notices of a sender came that are before a time and number, and their numbers.
pub(in crate::storage) fn newest_of_sender(
    conn: &mut Conn,
    sender: SenderId,
    (at, id): (i64, i64),
    limit: i64,
) -> Result<Vec<(i64, i64)>, StorageError> {
    Ok(notices::table
        .filter(notices::sender_id.eq(sender.0))
        .filter(notices::received_at.le(at))
        .filter(notices::received_at.lt(at).or(notices::id.lt(id)))
        .order((notices::received_at.desc(), notices::id.desc()))
        .limit(limit)
        .select((notices::received_at, notices::id))
        .fixed(here!())
        .rows(conn)?)
}
