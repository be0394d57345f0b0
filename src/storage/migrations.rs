//! Bringing the schema up to date. Both folders have the same names (kept by a test).

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Conn, DatabaseUrl, Session};
use super::error::StorageError;
use super::{letter_words, renewals};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Key of PostgreSQL's advisory lock: several nodes may start at once.
const LOCK: i64 = 0x5afe_4a7b;

/// Applies what is pending and returns the names of what was applied.
pub fn migrate(url: &DatabaseUrl) -> Result<Vec<String>, StorageError> {
    let mut conn = url.connect()?;
    Session::set(&mut conn)?;
    let names = match &mut conn {
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|v| names(&v)).map_err(failed)?,
        Conn::Postgres(c) => {
            c.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
            let done = c.run_pending_migrations(POSTGRES).map(|v| names(&v)).map_err(failed);
            c.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
            done?
        }
    };
    if !names.is_empty() {
        letter_words::take_apart(&mut conn)?;
    }
    renewals::finish(&mut conn)?;
    Ok(names)
}

/// Names of migrations not yet applied.
pub fn pending(url: &DatabaseUrl) -> Result<Vec<String>, StorageError> {
    match &mut url.connect()? {
        Conn::Sqlite(c) => {
            let all = c.pending_migrations(SQLITE).map_err(failed)?;
            Ok(all.iter().map(|m| m.name().to_string()).collect())
        }
        Conn::Postgres(c) => {
            let all = c.pending_migrations(POSTGRES).map_err(failed)?;
            Ok(all.iter().map(|m| m.name().to_string()).collect())
        }
    }
}

/// Versions of the migrations compiled in, in order.
pub fn versions() -> BTreeSet<String> {
    let all: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().unwrap_or_default();
    all.iter().map(|m| m.name().version().to_string()).collect()
}

/// Versions of the migrations that were applied to a database.
pub fn applied(conn: &mut Conn) -> Result<BTreeSet<String>, StorageError> {
    let all = match conn {
        Conn::Sqlite(c) => c.applied_migrations(),
        Conn::Postgres(c) => c.applied_migrations(),
    };
    Ok(all.map_err(failed)?.iter().map(ToString::to_string).collect())
}

/// Takes the last migrations back; for the tests that run them up, down and up again.
pub fn revert(url: &DatabaseUrl, count: usize) -> Result<(), StorageError> {
    let mut conn = url.connect()?;
    for _ in 0..count {
        match &mut conn {
            Conn::Sqlite(c) => c.revert_last_migration(SQLITE).map_err(failed)?,
            Conn::Postgres(c) => c.revert_last_migration(POSTGRES).map_err(failed)?,
        };
    }
    Ok(())
}

/// Number of migrations compiled in.
pub fn known() -> usize {
    MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE)
        .map_or(0, |m: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>>| m.len())
}

fn names(versions: &[diesel::migration::MigrationVersion<'_>]) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "shape of map_err")]
fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StorageError {
    StorageError::Migration(error.to_string())
}
