//! What the planner of PostgreSQL knows of the tables.
//!
//! A statement that was planned while its table was nearly empty may read the whole of it for as long as nothing is
//! known of its growth. Autovacuum looks once a minute; here a table is analyzed as soon as it has doubled, and with it
//! every statement that is kept prepared is planned anew. On SQLite plans do not depend on the size of a table.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::Conn;
use super::error::StorageError;

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Tables of ours that have more than twice the pages they had when they were last analyzed, and eight more. Only
/// their owner may analyze them: to other roles none is due, and autovacuum does it.
const GROWN: &str = "SELECT quote_ident(relname) AS name FROM pg_class
    WHERE relkind = 'r' AND relnamespace = to_regnamespace(quote_ident(current_schema()))
      AND pg_has_role(relowner, 'USAGE')
      AND pg_relation_size(oid) > current_setting('block_size')::bigint * (2 * greatest(relpages, 0) + 8)
    ORDER BY relname";

/// Analyzes the tables that grew; returns how many.
pub fn refresh(conn: &mut Conn) -> Result<usize, StorageError> {
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(0);
    }
    let grown: Vec<Table> = diesel::sql_query(GROWN).load(conn)?;
    for table in &grown {
        conn.batch_execute(&format!("ANALYZE {}", table.name))?;
    }
    Ok(grown.len())
}
