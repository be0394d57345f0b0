//! Whether a database of ours is where the settings say, without making one.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{Conn, DatabaseUrl};
use super::error::StorageError;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Whether migrations were ever applied to this database. An embedded one that is not there, or is an empty file, is
/// not made by looking.
///
/// # Errors
///
/// The database cannot be reached, or the file is none.
pub fn is_initialized(url: &DatabaseUrl) -> Result<bool, StorageError> {
    if let DatabaseUrl::Sqlite(path) = url
        && !Path::new(path).try_exists().map_err(|e| StorageError::Unreachable(format!("{path}: {e}")))?
    {
        return Ok(false);
    }
    let mut conn = url.connect()?;
    let sql = match conn {
        Conn::Sqlite(_) => {
            "SELECT count(*) > 0 AS found FROM sqlite_master WHERE type = 'table' AND name = '__diesel_schema_migrations'"
        }
        Conn::Postgres(_) => "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS found",
    };
    let found: Found = conn.transaction(|conn| diesel::sql_query(sql).get_result(conn))?;
    Ok(found.found)
}
