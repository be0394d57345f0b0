//! What can go wrong with the database.

/// An error of the storage layer.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused or failed.
    #[error("database: {0}")]
    Query(diesel::result::Error),
    /// No connection could be had.
    #[error("cannot reach the database: {0}")]
    Unreachable(String),
    /// A stored value is not one this version writes.
    #[error("corrupt row: {table}.{column} in row {id}")]
    Corrupt { table: &'static str, column: &'static str, id: String },
    /// Someone else changed the row in the meantime.
    #[error("{table} row {id} was changed by someone else in the meantime")]
    Conflict { table: &'static str, id: i64 },
    /// The row is not there.
    #[error("{table} has no row {id}")]
    NotFound { table: &'static str, id: String },
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(String),
    /// The writer has stopped.
    #[error("the database writer has stopped")]
    Stopped,
}

impl From<diesel::result::Error> for StorageError {
    /// A deadlock or failed serialization on PostgreSQL is a lost race like any other.
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match &error {
            Error::DatabaseError(kind, info)
                if matches!(kind, DatabaseErrorKind::SerializationFailure)
                    || info.message().contains("deadlock detected") =>
            {
                Self::Conflict { table: "(several)", id: 0 }
            }
            _ => Self::Query(error),
        }
    }
}

impl StorageError {
    /// A corrupt value, for `map_err`.
    pub fn corrupt(table: &'static str, column: &'static str, id: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, column, id: id.to_string() }
    }
}

/// Requires that a conditional update changed exactly one row.
pub(super) fn one_row(changed: usize, table: &'static str, id: i64) -> Result<(), StorageError> {
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict { table, id }) }
}
