//! Bringing the schema up to date. Both folders have the same names (kept by a test).

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Conn, DatabaseUrl, Session};
use super::error::StorageError;
use super::statistics;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Key of PostgreSQL's advisory lock: several nodes may start at once.
const LOCK: i64 = 0x5afe_4a7b;

/// How the schema of a database compares with the migrations compiled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Names of migrations not yet applied.
    pub pending: Vec<String>,
    /// Versions that were applied and are not known here: a newer program has been at work.
    pub unknown: Vec<String>,
}

/// Applies what is pending and returns the names of what was applied. Nothing is made or changed where nothing is
/// pending, so that a role without rights on the schema can start.
///
/// # Errors
/// `NewerSchema` where a newer program has changed the schema, `MayNotMigrate` where the role may not.
pub fn migrate(url: &DatabaseUrl) -> Result<Vec<String>, StorageError> {
    let mut conn = url.connect()?;
    if matches!(conn, Conn::Sqlite(_)) {
        Session::set(&mut conn)?;
    }
    let state = compare(&mut conn)?;
    if !state.unknown.is_empty() {
        return Err(StorageError::NewerSchema(state.unknown));
    }
    let names = match &mut conn {
        _ if state.pending.is_empty() => Vec::new(),
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|v| names(&v)).map_err(failed)?,
        Conn::Postgres(c) => {
            if !may_make_tables(c)? {
                return Err(StorageError::MayNotMigrate(state.pending.len()));
            }
            // One transaction: the lock needs no session, as behind a pooler, and nothing is left half done.
            c.transaction(|c| {
                c.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
                c.run_pending_migrations(POSTGRES).map(|v| names(&v)).map_err(failed)
            })?
        }
    };
    if !names.is_empty() {
        statistics::refresh(&mut conn)?;
    }
    Ok(names)
}

/// Names of migrations not yet applied.
pub fn pending(url: &DatabaseUrl) -> Result<Vec<String>, StorageError> {
    Ok(state(url)?.pending)
}

/// Compares the schema of a database with the migrations compiled in; changes nothing.
pub fn state(url: &DatabaseUrl) -> Result<State, StorageError> {
    compare(&mut url.connect()?)
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

fn compare(conn: &mut Conn) -> Result<State, StorageError> {
    let there = match conn {
        Conn::Sqlite(_) => "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
        Conn::Postgres(_) => {
            "SELECT to_regclass('__diesel_schema_migrations')::text AS version
            WHERE to_regclass('__diesel_schema_migrations') IS NOT NULL"
        }
    };
    let applied: BTreeSet<String> = conn.transaction(|conn| {
        let there: Vec<Applied> = sql_query(there).load(conn)?;
        if there.is_empty() {
            return Ok(BTreeSet::new());
        }
        let all: Vec<Applied> = sql_query("SELECT version FROM __diesel_schema_migrations").load(conn)?;
        Ok::<_, diesel::result::Error>(all.into_iter().map(|a| a.version).collect())
    })?;
    let known = compiled_in()?;
    Ok(State {
        pending: known.iter().filter(|(version, _)| !applied.contains(*version)).map(|(_, n)| n.clone()).collect(),
        unknown: applied.into_iter().filter(|version| !known.contains_key(version)).collect(),
    })
}

/// Names of the migrations compiled in, by version.
fn compiled_in() -> Result<BTreeMap<String, String>, StorageError> {
    let all: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().map_err(failed)?;
    Ok(all.iter().map(|m| (m.name().version().to_string(), m.name().to_string())).collect())
}

fn may_make_tables(conn: &mut PgConnection) -> QueryResult<bool> {
    let may = "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)";
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(may)).get_result(conn)
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
