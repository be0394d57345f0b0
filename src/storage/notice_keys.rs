//! Earlier notices that are like a new one.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::prepared::{Prepared, here};
use super::schema::notices;
use crate::domain::ids::{NoticeId, SenderId};
use crate::domain::likeness::Keys;
use crate::domain::moment::Moment;

/// The first notice with the same content; the key holds its sender too.
pub fn same_content(conn: &mut Conn, keys: Keys) -> Result<Option<NoticeId>, StorageError> {
    let same = notices::table.filter(notices::content_key.eq(keys.content));
    let found: Option<i64> =
        same.order(notices::id).select(notices::id).limit(1).fixed(here!()).row(conn).optional()?;
    Ok(found.map(NoticeId))
}

/// Whether a sender has sent the same descriptions for other works.
pub fn same_body(conn: &mut Conn, sender: SenderId, keys: Keys) -> Result<bool, StorageError> {
    if keys.body == 0 {
        return Ok(false);
    }
    let other = notices::table
        .filter(notices::sender_id.eq(sender.0))
        .filter(notices::body_key.eq(keys.body))
        .filter(notices::works_key.ne(keys.works));
    Ok(diesel::select(diesel::dsl::exists(other)).fixed(here!()).row(conn)?)
}

/// How many notices of a sender arrived since a moment, counted up to `limit`.
pub fn sent_since(conn: &mut Conn, sender: SenderId, since: Moment, limit: i64) -> Result<u32, StorageError> {
    let some: Vec<i64> = notices::table
        .filter(notices::sender_id.eq(sender.0))
        .filter(notices::received_at.ge(since.0))
        .limit(limit)
        .select(notices::id)
        .fixed(here!())
        .rows(conn)?;
    Ok(u32::try_from(some.len()).unwrap_or(u32::MAX))
}
