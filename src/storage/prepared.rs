//! Statements of one shape, prepared once for a connection.
//!
//! The query builder prepares every `UPDATE`, every upsert and every list anew, since it cannot know that their text
//! does not change. Ours does not: a fifth of the time of the writer thread went into parsing the same few
//! statements. [`Prepared::prepared`] says of a query that its text has few forms.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, RunQueryDsl, SqliteConnection};

use super::connection::Conn;

/// A query whose text has few forms: kept prepared by its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept<Q>(Q);

/// Says that the text of a query has few forms.
pub(super) trait Prepared: Sized {
    /// The same query, prepared once for a connection.
    fn prepared(self) -> Kept<Self> {
        Kept(self)
    }
}

impl<Q> Prepared for Q {}

/// Whatever the query builder thinks of the text, it is kept prepared by it.
macro_rules! kept_by_text {
    ($wrapper:ident) => {
        impl<Q, DB: Backend> QueryFragment<DB> for $wrapper<Q>
        where
            Q: QueryFragment<DB>,
        {
            fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                self.0.walk_ast(pass)
            }
            fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
                Ok(true)
            }
        }

        impl<Q> QueryId for $wrapper<Q> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl<Q> RunQueryDsl<PgConnection> for $wrapper<Q> {}
        impl<Q> RunQueryDsl<SqliteConnection> for $wrapper<Q> {}
    };
}

kept_by_text!(Kept);
kept_by_text!(Silent);

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

/// A statement that answers no rows.
#[derive(Debug)]
struct Silent<Q>(Q);

impl<Q> Query for Silent<Q> {
    type SqlType = BigInt;
}

/// `execute` of the query builder, and its connection to both databases, ask a query behind a reference, which forgets
/// what [`Kept`] says; `load` on one database does not. So rows are loaded by `per_backend!`, and what answers none
/// is loaded too.
impl<Q> Kept<Q> {
    /// Runs a statement that answers no rows, whatever it changes.
    pub fn run(self, conn: &mut Conn) -> QueryResult<()>
    where
        Q: QueryFragment<Pg> + QueryFragment<Sqlite>,
    {
        let none: Vec<i64> = match conn {
            Conn::Postgres(c) => Silent(self.0).load(c)?,
            Conn::Sqlite(c) => Silent(self.0).load(c)?,
        };
        debug_assert!(none.is_empty(), "the statement answers rows");
        Ok(())
    }
}

/// A list for `eq_any`, filled up with its last entry to a power of two, so that the text has few forms.
pub(super) fn filled<T: Clone>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}
