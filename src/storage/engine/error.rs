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
    /// A newer version of the program has been at the schema.
    #[error(
        "the database belongs to a newer version of Safeharbor ({}, unknown to this one); start that version, or restore a backup from before the upgrade",
        .0.join(", ")
    )]
    NewerSchema(Vec<String>),
    /// The schema is behind, and the database role may not change it.
    #[error(
        "{0} migrations are pending, and this database role may not make tables; run `safeharbor migrate` once as the owner of the schema"
    )]
    MayNotMigrate(usize),
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
            Error::DatabaseError(kind, info) if is_outage(*kind, info.message()) => {
                Self::Unreachable(info.message().to_owned())
            }
            Error::BrokenTransactionManager | Error::RollbackErrorOnCommit { .. } => {
                Self::Unreachable(error.to_string())
            }
            _ => Self::Query(error),
        }
    }
}

/// Whether the database itself is at fault, not what was asked of it: gone, going, full, locked or read-only. SQLite
/// and libpq tell most of these in words alone.
fn is_outage(kind: diesel::result::DatabaseErrorKind, words: &str) -> bool {
    use diesel::result::DatabaseErrorKind as Kind;
    const WORDS: [&str; 14] = [
        "database or disk is full",
        "disk I/O error",
        "attempt to write a readonly database",
        "database is locked",
        "unable to open database file",
        "server closed the connection",
        "terminating connection",
        "no connection to the server",
        "could not connect",
        "could not receive data",
        "could not send data",
        "the database system is",
        "No space left on device",
        "bad connection",
    ];
    matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand | Kind::ReadOnlyTransaction)
        || WORDS.iter().any(|word| words.contains(word))
}

impl StorageError {
    /// Whether the database cannot be used now: the same may succeed a little later.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Stopped)
    }
    /// A corrupt value, for `map_err`.
    pub fn corrupt(table: &'static str, column: &'static str, id: impl std::fmt::Display) -> Self {
        Self::Corrupt { table, column, id: id.to_string() }
    }
}

/// Requires that a conditional update changed exactly one row.
pub(in crate::storage) fn one_row(changed: usize, table: &'static str, id: i64) -> Result<(), StorageError> {
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict { table, id }) }
}
