//! Notices whose complainant is to be told how locations ended.

use diesel::prelude::*;

use crate::domain::base::ids::NoticeId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::pending_outcomes;

/// A notice is due at a moment, unless it is already.
pub fn add(conn: &mut Conn, notice: NoticeId, due: Moment) -> Result<(), StorageError> {
    diesel::insert_into(pending_outcomes::table)
        .values((pending_outcomes::notice_id.eq(notice.0), pending_outcomes::due_at.eq(due.0)))
        .on_conflict(pending_outcomes::notice_id)
        .do_nothing()
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

/// Notices that are due, the oldest first.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<NoticeId>, StorageError> {
    let ids: Vec<i64> = pending_outcomes::table
        .filter(pending_outcomes::due_at.le(now.0))
        .order((pending_outcomes::due_at, pending_outcomes::notice_id))
        .limit(limit)
        .select(pending_outcomes::notice_id)
        .load(conn)?;
    Ok(ids.into_iter().map(NoticeId).collect())
}

/// Takes a notice off the list; whether it was on it.
pub fn take(conn: &mut Conn, notice: NoticeId) -> Result<bool, StorageError> {
    Ok(diesel::delete(pending_outcomes::table.find(notice.0)).execute(conn)? == 1)
}
