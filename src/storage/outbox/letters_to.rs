//! Letters to one email address.

use diesel::prelude::*;

use super::letters::LetterRow;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::letters;

/// Letters to an address, newest first (at most `limit`), before a row number.
pub fn newest(conn: &mut Conn, address: &str, before: Option<i64>, limit: i64) -> Result<Vec<LetterRow>, StorageError> {
    Ok(letters::table
        .filter(letters::to_address.eq(address))
        .filter(letters::id.lt(before.unwrap_or(i64::MAX)))
        .order(letters::id.desc())
        .limit(limit)
        .select(LetterRow::as_select())
        .load(conn)?)
}
