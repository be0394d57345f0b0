//! Earlier notices that are like a new one.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

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

/// How many notices of a sender arrived since a moment, counted up to `limit`: by the database, as rows that are only
/// counted need not be handed over.
pub fn sent_since(conn: &mut Conn, sender: SenderId, since: Moment, limit: i64) -> Result<u32, StorageError> {
    let some = sql::<BigInt>("(SELECT count(*) FROM (SELECT 1 FROM notices WHERE sender_id = ")
        .bind::<BigInt, _>(sender.0)
        .sql(" AND received_at >= ")
        .bind::<BigInt, _>(since.0)
        .sql(" LIMIT ")
        .bind::<BigInt, _>(limit)
        .sql(") AS lately)");
    let count: i64 = diesel::select(some).fixed(here!()).row(conn)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
