//! Statements of one shape, prepared once for a connection.
//!
//! The query builder prepares every `UPDATE`, every upsert and every list anew, since it cannot know that their text
//! does not change; and the connection type of both databases writes the text of every statement down again to find it
//! among the prepared ones. Ours changes little: a fifth of the time of the writer thread went into each of the two.
//! [`Prepared::prepared`] says of a query that its text has few forms, [`Prepared::fixed`] that it has one.

use std::any::TypeId;
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, RunQueryDsl, Selectable, SqliteConnection};

use super::connection::Conn;

/// Where in the source a query is made.
pub(in crate::storage) trait Place: 'static {
    /// Its text is the same each time.
    const FIXED: bool;
}

/// Anywhere: it is found by its text.
#[derive(Debug, Clone, Copy)]
pub(in crate::storage) struct Anywhere;

impl Place for Anywhere {
    const FIXED: bool = false;
}

/// A query that is kept prepared: by the place that makes it, or by its text.
#[derive(Debug, Clone, Copy)]
pub(in crate::storage) struct CachedQuery<Q, P = Anywhere>(Q, PhantomData<P>);

/// Says of a query how its text is known.
pub(in crate::storage) trait Prepared: Sized {
    /// Its text has few forms: prepared once for a connection, found by its text.
    fn prepared(self) -> CachedQuery<Self> {
        CachedQuery(self, PhantomData)
    }
    /// Its text is the same each time: no list of its own length, no condition or column that may be left out. Found by
    /// the place that makes it; builds with debug assertions hold it to its one text.
    fn fixed<P: Place>(self, _here: P) -> CachedQuery<Self, P> {
        CachedQuery(self, PhantomData)
    }
}

impl<Q> Prepared for Q {}

/// This place in the source, for [`Prepared::fixed`].
macro_rules! here {
    () => {{
        struct Here;
        impl $crate::storage::engine::prepared::Place for Here {
            const FIXED: bool = true;
        }
        Here
    }};
}
pub(in crate::storage) use here;

/// Inserts a row and says its number; none where the statement left it out because of a conflict.
///
/// SQLite guards a statement that answers what it wrote with a savepoint of its own, whose pages it copies: on a large
/// table that cost more than the row. It is asked for the number afterwards.
macro_rules! inserted {
    ($conn:expr, $insert:expr, $id:expr) => {
        match $conn {
            $crate::storage::engine::connection::Conn::Postgres(_) => {
                $insert.returning($id).fixed(here!()).row::<i64>($conn).optional()
            }
            $crate::storage::engine::connection::Conn::Sqlite(_) => $insert
                .fixed(here!())
                .run($conn)
                .and_then(|()| $crate::storage::engine::prepared::wrote($conn))
                .map(|(rows, id)| (rows > 0).then_some(id)),
        }
    };
}

/// Whether a statement wrote a row; on SQLite without an answer of its own, as [`inserted!`].
macro_rules! wrote_one {
    ($conn:expr, $statement:expr) => {
        match $conn {
            $crate::storage::engine::connection::Conn::Postgres(_) => {
                let one = diesel::dsl::sql::<diesel::sql_types::BigInt>("1::bigint");
                $statement.returning(one).fixed(here!()).rows::<i64>($conn).map(|rows| rows.len() == 1)
            }
            $crate::storage::engine::connection::Conn::Sqlite(_) => $statement
                .fixed(here!())
                .run($conn)
                .and_then(|()| $crate::storage::engine::prepared::wrote($conn))
                .map(|(rows, _)| rows == 1),
        }
    };
}
pub(in crate::storage) use {inserted, wrote_one};

/// How many rows the last statement on SQLite wrote, and the number of the row it inserted, if it did.
pub(in crate::storage) fn wrote(conn: &mut Conn) -> QueryResult<(i64, i64)> {
    let said = (sql::<BigInt>("changes()"), sql::<BigInt>("last_insert_rowid()"));
    match conn {
        Conn::Sqlite(c) => diesel::select(said).fixed(here!()).get_result(c),
        Conn::Postgres(_) => Err(diesel::result::Error::NotFound),
    }
}

/// The columns of a row type, the same for both databases.
pub(in crate::storage) fn columns<T: Selectable<Sqlite>>() -> T::SelectExpression {
    T::construct_selection()
}

/// Whatever the query builder thinks of the text, it is kept prepared.
macro_rules! kept_prepared {
    ($wrapper:ident) => {
        impl<Q, P, DB: Backend> QueryFragment<DB> for $wrapper<Q, P>
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

        impl<Q, P: Place> QueryId for $wrapper<Q, P> {
            type QueryId = P;
            const HAS_STATIC_QUERY_ID: bool = P::FIXED;
        }

        impl<Q, P> RunQueryDsl<PgConnection> for $wrapper<Q, P> {}
        impl<Q, P> RunQueryDsl<SqliteConnection> for $wrapper<Q, P> {}
    };
}

kept_prepared!(CachedQuery);
kept_prepared!(Silent);

impl<Q: Query, P> Query for CachedQuery<Q, P> {
    type SqlType = Q::SqlType;
}

/// A statement that answers no rows.
#[derive(Debug)]
struct Silent<Q, P>(Q, PhantomData<P>);

impl<Q, P> Query for Silent<Q, P> {
    type SqlType = BigInt;
}

/// `execute` of the query builder, and its connection to both databases, ask a query behind a reference, which forgets
/// what [`CachedQuery`] says; `load` on one database does not. So what answers no rows is loaded too.
impl<Q, P: Place> CachedQuery<Q, P>
where
    Q: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    /// Runs a statement that answers no rows, whatever it changes.
    pub fn run(self, conn: &mut Conn) -> QueryResult<()> {
        self.hold_to_one_text(conn)?;
        let none: Vec<i64> = match conn {
            Conn::Postgres(c) => Silent::<_, P>(self.0, PhantomData).load(c)?,
            Conn::Sqlite(c) => Silent::<_, P>(self.0, PhantomData).load(c)?,
        };
        debug_assert!(none.is_empty(), "the statement answers rows");
        Ok(())
    }

    /// All rows it answers.
    pub fn rows<'q, U>(self, conn: &mut Conn) -> QueryResult<Vec<U>>
    where
        Self: LoadQuery<'q, PgConnection, U> + LoadQuery<'q, SqliteConnection, U>,
    {
        self.hold_to_one_text(conn)?;
        match conn {
            Conn::Postgres(c) => self.load(c),
            Conn::Sqlite(c) => self.load(c),
        }
    }

    /// The first row it answers.
    ///
    /// # Errors
    /// `NotFound` where there is none.
    pub fn row<'q, U>(self, conn: &mut Conn) -> QueryResult<U>
    where
        Self: LoadQuery<'q, PgConnection, U> + LoadQuery<'q, SqliteConnection, U>,
    {
        self.rows(conn)?.into_iter().next().ok_or(diesel::result::Error::NotFound)
    }

    /// A place that makes another text than before would run the statement of before.
    fn hold_to_one_text(&self, conn: &Conn) -> QueryResult<()> {
        if !cfg!(debug_assertions) || !P::FIXED {
            return Ok(());
        }
        let (sqlite, text) = match conn {
            Conn::Postgres(_) => (false, text_of::<Pg, _>(&self.0, &Pg)?),
            Conn::Sqlite(_) => (true, text_of::<Sqlite, _>(&self.0, &Sqlite)?),
        };
        one_text((TypeId::of::<P>(), sqlite), &text);
        Ok(())
    }
}

impl<Q: QueryFragment<Pg>, P: Place> CachedQuery<Q, P> {
    /// As [`CachedQuery::run`], for what SQLite does in another way.
    pub fn run_on_postgres(self, conn: &mut PgConnection) -> QueryResult<()> {
        let none: Vec<i64> = Silent::<_, P>(self.0, PhantomData).load(conn)?;
        debug_assert!(none.is_empty(), "the statement answers rows");
        Ok(())
    }
}

fn text_of<DB, Q>(query: &Q, backend: &DB) -> QueryResult<String>
where
    DB: Backend,
    DB::QueryBuilder: Default,
    Q: QueryFragment<DB>,
{
    use diesel::query_builder::QueryBuilder;
    let mut builder = DB::QueryBuilder::default();
    query.to_sql(&mut builder, backend)?;
    Ok(builder.finish())
}

/// Panics where a place has made another text for the same database before.
fn one_text(place: (TypeId, bool), text: &str) {
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex, PoisonError};
    static KNOWN: LazyLock<Mutex<HashMap<(TypeId, bool), String>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = known.entry(place).or_insert_with(|| text.to_owned());
    let same = before == text;
    let before = before.clone();
    drop(known);
    assert!(same, "not the same text each time: {before} and {text}");
}

/// A list in parts of 256, 128, … rows, so that a statement with so many rows has few forms.
pub(in crate::storage) fn doubled<T>(list: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let most = rest.len().min(256);
        let (some, more) = rest.split_at((most + 1).next_power_of_two() / 2);
        rest = more;
        (!some.is_empty()).then_some(some)
    })
}

/// A list for `eq_any`, filled up with its last entry to a power of two, so that the text has few forms.
pub(in crate::storage) fn filled<T: Clone>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}

/// Inserts many rows: on PostgreSQL many at once, on SQLite one by one, where a prepared statement is faster. With
/// `on_conflict_do_nothing`, rows that came from elsewhere meanwhile stay.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr $(, $unless:ident)?) => {{
        use $crate::storage::engine::prepared::{Prepared as _, doubled, here};
        let rows = $rows;
        if let $crate::storage::engine::connection::Conn::Postgres(c) = $conn {
            for some in doubled(rows) {
                diesel::insert_into($table).values(some)$(.$unless())?.prepared().run_on_postgres(c)?;
            }
        } else {
            for row in rows {
                diesel::insert_into($table).values(row)$(.$unless())?.fixed(here!()).run($conn)?;
            }
        }
    }};
}

pub(in crate::storage) use insert_all;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::engine::connection::DatabaseUrl;
    use diesel::sql_types::Bool;

    #[test]
    fn lists_are_parted_into_few_lengths() {
        for length in 0..600 {
            let list: Vec<usize> = (0..length).collect();
            let parts: Vec<&[usize]> = doubled(&list).collect();
            assert_eq!(parts.concat(), list);
            assert!(parts.iter().all(|p| p.len().is_power_of_two() && p.len() <= 256), "{length}");
            assert!(parts.len() <= 11, "{length}");
        }
    }

    #[test]
    #[should_panic(expected = "not the same text each time")]
    fn a_place_that_says_fixed_is_held_to_one_text() {
        let mut conn = DatabaseUrl::Sqlite(":memory:".to_owned()).connect().unwrap();
        for text in ["1 = 1", "2 = 2"] {
            let _: Vec<bool> = diesel::select(sql::<Bool>(text)).fixed(here!()).rows(&mut conn).unwrap();
        }
    }
}
