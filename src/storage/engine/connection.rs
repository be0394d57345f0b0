//! One connection type for both databases, and how each is opened.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::prelude::*;
use diesel::r2d2::{self, CustomizeConnection, ManageConnection, R2D2Connection};

use super::error::StorageError;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(diesel::PgConnection),
    Sqlite(diesel::SqliteConnection),
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `postgres://…`
    Postgres(String),
    /// A file; `sqlite://path` or a path.
    Sqlite(String),
}

impl DatabaseUrl {
    /// The embedded database in a data folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self::Sqlite(folder.join("safeharbor.db").display().to_string())
    }
    /// Whether it is the embedded database.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
    /// Connects and sets nothing; nothing stays prepared, so that it works behind a pooler too.
    pub(in crate::storage) fn connect(&self) -> Result<Conn, StorageError> {
        Manager { url: self.clone(), has_sessions: false }
            .open()
            .map_err(|e| StorageError::Unreachable(self.without_password(&e.to_string())))
    }
    /// A message without the password of the address, should anything have repeated it.
    fn without_password(&self, message: &str) -> String {
        let Self::Postgres(url) = self else { return message.to_owned() };
        let credentials = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map(|(c, _)| c);
        let password = credentials.and_then(|c| c.split_once(':')).map_or("", |(_, p)| p);
        let typed = url.split(['?', '&']).filter_map(|pair| pair.strip_prefix("password="));
        typed.chain([password]).filter(|p| !p.is_empty()).fold(message.to_owned(), |text, p| text.replace(p, "…"))
    }
    /// A connection as ours begin.
    pub(in crate::storage) fn open(&self) -> Result<Conn, StorageError> {
        let mut conn = self.connect()?;
        Session::set(&mut conn)?;
        Ok(conn)
    }
    /// Whether connections share server processes, as behind PgBouncer in transaction mode: two that are open at the
    /// same time are served by the same process.
    pub fn is_pooled(&self) -> Result<bool, StorageError> {
        let (mut one, mut two) = (self.connect()?, self.connect()?);
        let (Conn::Postgres(one), Conn::Postgres(two)) = (&mut one, &mut two) else { return Ok(false) };
        // A pooler may take turns among its server processes: what one connection was served by shows within a few.
        for _ in 0..4 {
            let mut processes = [0; 2];
            for (process, conn) in processes.iter_mut().zip([&mut *one, &mut *two]) {
                *process = conn.transaction(|c| diesel::select(backend()).get_result(c))?;
            }
            if processes[0] == processes[1] {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The text is no database address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a database address begins with postgres:// or sqlite://; in user name and password, all but letters and digits is percent-encoded"
)]
pub struct NotADatabaseUrl;

/// Whether libpq finds user name and password where everybody else does: an `@`, `/` or `?` in them that is not
/// percent-encoded makes it take a part of the password for the host, and name it in its messages.
fn is_unambiguous(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let credentials = place.rsplit_once('@').map(|(credentials, _)| credentials);
    let is_hex = |hex: &str| hex.bytes().all(|b| b.is_ascii_hexdigit()) && hex != "00";
    let is_encoded = rest.match_indices('%').all(|(at, _)| rest.get(at + 1..at + 3).is_some_and(is_hex));
    // Without user name, what follows a colon is the port: libpq repeats one that is none.
    let hosts = place.rsplit_once('@').map_or(place, |(_, hosts)| hosts).split('/').next().unwrap_or_default();
    let is_port = |host: &str| {
        let bare = host.rsplit_once(']').map_or(host, |(_, rest)| rest);
        bare.split_once(':').is_none_or(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
    };
    is_encoded
        && hosts.split(',').all(is_port)
        && !rest.chars().any(|c| c.is_control() || c == ' ')
        && credentials.map_or(!query.contains('@'), |c| !c.contains(['@', '/', '#', '[', ']']))
}

impl FromStr for DatabaseUrl {
    type Err = NotADatabaseUrl;
    fn from_str(text: &str) -> Result<Self, NotADatabaseUrl> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return if is_unambiguous(text) { Ok(Self::Postgres(text.to_owned())) } else { Err(NotADatabaseUrl) };
        }
        text.strip_prefix("sqlite://").map(|path| Self::Sqlite(path.to_owned())).ok_or(NotADatabaseUrl)
    }
}

impl fmt::Debug for DatabaseUrl {
    /// Without user, password and parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{path}"),
            Self::Postgres(url) => {
                let (head, tail) = url.split_once("://").unwrap_or(("postgres", url));
                let place = tail.split('?').next().unwrap_or_default();
                write!(f, "{head}://{}", place.rsplit_once('@').map_or(place, |(_, host)| host))
            }
        }
    }
}

/// The server process behind a connection of PostgreSQL.
fn backend() -> diesel::expression::SqlLiteral<diesel::sql_types::Integer> {
    diesel::dsl::sql("pg_backend_pid()")
}

/// Opens connections for the pool.
#[derive(Debug)]
pub(in crate::storage) struct Manager {
    pub url: DatabaseUrl,
    /// Whether a connection has a session of its own: named statements and settings outlast a transaction.
    pub has_sessions: bool,
}

impl Manager {
    pub(in crate::storage) fn open(&self) -> ConnectionResult<Conn> {
        Ok(match &self.url {
            DatabaseUrl::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                if !self.has_sessions {
                    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
                }
                Conn::Postgres(conn)
            }
            DatabaseUrl::Sqlite(path) => Conn::Sqlite(SqliteConnection::establish(path)?),
        })
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;
    fn connect(&self) -> Result<Conn, r2d2::Error> {
        self.open().map_err(r2d2::Error::ConnectionError)
    }
    fn is_valid(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.ping().map_err(r2d2::Error::QueryError)
    }
    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.is_broken()
    }
}

/// Sets what a connection begins without.
#[derive(Debug)]
pub(in crate::storage) struct Session;

/// One statement each, `busy_timeout` first (documentation of diesel's `SqliteConnection`).
const SQLITE: [&str; 6] = [
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    // Savepoints keep their undo log in memory, not in a file.
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -4000",
];

const POSTGRES: [&str; 2] = [
    // A page that is asked for by an index costs about as much as the next one of a walk: tables are cached or on SSDs.
    "SET random_page_cost = 1.1",
    // It takes longer than the queries do.
    "SET jit = off",
];

impl Session {
    pub(in crate::storage) fn set(conn: &mut Conn) -> QueryResult<()> {
        let all: &[&str] = match conn {
            Conn::Sqlite(_) => &SQLITE,
            Conn::Postgres(_) => &POSTGRES,
        };
        all.iter().try_for_each(|one| conn.batch_execute(one))
    }
}

impl CustomizeConnection<Conn, r2d2::Error> for Session {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        Self::set(conn).map_err(r2d2::Error::QueryError)
    }
}

/// Runs the same diesel expression once per database, for what the shared type cannot express:
/// upserts, batch inserts, row locks.
macro_rules! per_backend {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::storage::engine::connection::Conn::Postgres($c) => $body,
            $crate::storage::engine::connection::Conn::Sqlite($c) => $body,
        }
    };
}

pub(in crate::storage) use per_backend;
