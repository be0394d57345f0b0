//! What backups need of the database itself.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::{Conn, DatabaseUrl};
use super::error::StorageError;

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    words: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Opens a database as it is: no migration, nothing written.
pub fn look_into(url: &DatabaseUrl) -> Result<Conn, StorageError> {
    url.connect()
}

/// Writes a consistent copy of an embedded database while others write to it: what was committed before the copy
/// began is in it, and nothing that came later. The copy holds no unused pages.
pub fn copy_to(conn: &mut Conn, path: &Path) -> Result<(), StorageError> {
    diesel::sql_query("PRAGMA busy_timeout = 60000").execute(conn)?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(path.display().to_string()).execute(conn)?;
    Ok(())
}

/// What is wrong with an embedded database; nothing where it is sound.
pub fn faults(conn: &mut Conn) -> Result<Vec<String>, StorageError> {
    let found: Vec<Words> = diesel::sql_query("SELECT quick_check AS words FROM pragma_quick_check").load(conn)?;
    Ok(found.into_iter().map(|f| f.words).filter(|w| w != "ok").collect())
}

/// The schema of PostgreSQL in which the tables are.
pub fn schema(conn: &mut Conn) -> Result<String, StorageError> {
    let found: Words =
        diesel::sql_query("SELECT coalesce(current_schema(), 'public')::text AS words").get_result(conn)?;
    Ok(found.words)
}

/// Whether there is no table yet in the schema of PostgreSQL.
pub fn is_empty(conn: &mut Conn) -> Result<bool, StorageError> {
    let sql = "SELECT count(*) AS number FROM information_schema.tables WHERE table_schema = current_schema()";
    Ok(diesel::sql_query(sql).get_result::<Number>(conn)?.number == 0)
}
