//! All SQL. One file per noun; functions take a connection and return domain types or plain records.
//!
//! Two functions reach the database: [`Db::read`] and [`Db::write`]. `Db::write` is one transaction.

pub mod access;
pub mod cases;
pub mod customers;
pub mod disputes;
pub mod enforcement;
pub mod engine;
pub mod intake;
pub mod material;
pub mod outbox;
pub mod record;
pub mod search;
mod search_places;
pub mod senders;

use std::sync::mpsc::SyncSender;
use std::time::Duration;

use diesel::r2d2::Pool;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

pub use engine::connection::{Conn, DatabaseUrl};
pub use engine::error::StorageError;

use engine::connection::{Manager, Session};
use engine::sqlite::queue::{Lane, Sent};
use engine::sqlite::readers::Readers;
use engine::sqlite::writer::Call;
pub use engine::sqlite::writer::WriteWatch;

/// The database: ways to read, and one to write.
#[derive(Clone)]
pub struct Db {
    reading: ReadAccess,
    queue: Option<SyncSender<Sent>>,
    lane: Lane,
    /// How writing goes.
    pub watch: WriteWatch,
}

/// How a database is read.
#[derive(Clone)]
enum ReadAccess {
    /// By a connection of a pool (PostgreSQL, where they write too).
    Pool(Pool<Manager>),
    /// As `Pool`, where a connection is one only for the length of a transaction: each look is one.
    Shared(Pool<Manager>),
    /// By threads that have their connections: for those who wait for an answer, and for what comes by the hundred.
    Threads { answers: Readers, many: Readers },
}

impl ReadAccess {
    fn open(url: &DatabaseUrl, connections: u32, has_sessions: bool) -> Result<Self, StorageError> {
        if url.is_sqlite() {
            let answers = Readers::start(url, usize::try_from(connections).unwrap_or(1))?;
            return Ok(Self::Threads { answers, many: Readers::beside_writer(url)? });
        }
        let pool = Pool::builder().max_size(connections).min_idle(Some(1)).connection_timeout(CONNECT);
        let pool = if has_sessions { pool.connection_customizer(Box::new(Session)) } else { pool };
        let manager = Manager { url: url.clone(), has_sessions };
        let pool = pool.build(manager).map_err(|e| StorageError::Unreachable(e.to_string()))?;
        Ok(if has_sessions { Self::Pool(pool) } else { Self::Shared(pool) })
    }
}

/// Longest wait for a connection of PostgreSQL: who asked is told to come again.
const CONNECT: Duration = Duration::from_secs(3);

impl Db {
    /// Opens the database; the schema must be up to date ([`engine::migrations::migrate`]).
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, StorageError> {
        Self::open_with(url, connections, true)
    }

    /// As [`Db::open`]. Without `statement_cache`, nothing outlasts a transaction on a connection of PostgreSQL: for a
    /// pooler in transaction mode.
    pub fn open_with(url: &DatabaseUrl, connections: u32, statement_cache: bool) -> Result<Self, StorageError> {
        let reading = ReadAccess::open(url, connections, statement_cache)?;
        let watch = WriteWatch::new().map_err(|e| StorageError::Unreachable(e.to_string()))?;
        let queue = if url.is_sqlite() { Some(engine::sqlite::writer::start(url, watch.clone())?) } else { None };
        Ok(Self { reading, queue, lane: Lane::Answer, watch })
    }

    /// The same database for what comes by the hundred: whoever waits for a single answer goes before it.
    #[must_use]
    pub fn bulk(&self) -> Self {
        Self { lane: Lane::Many, ..self.clone() }
    }

    /// Whether it is the embedded database, which has one process that runs jobs.
    pub fn is_embedded(&self) -> bool {
        self.queue.is_some()
    }

    /// Runs a closure that only reads.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        match (&self.reading, self.lane) {
            (ReadAccess::Threads { answers, .. }, Lane::Answer) => answers.read(work).await,
            (ReadAccess::Threads { many, .. }, Lane::Many) => many.read(work).await,
            (ReadAccess::Pool(pool), _) => on_pool(pool, work).await,
            (ReadAccess::Shared(pool), _) => {
                on_pool(pool, |conn| in_transaction(conn, work, engine::sqlite::writer::finish)).await
            }
        }
    }

    /// Runs a closure in one write transaction; returns after the commit is on disk.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let _waiting = self.watch.enter();
        if let ReadAccess::Pool(pool) | ReadAccess::Shared(pool) = &self.reading {
            let watch = self.watch.clone();
            return on_pool(pool, move |conn| {
                in_transaction(conn, work, |c| watch.timed(1, || engine::sqlite::writer::finish(c)))
            })
            .await;
        }
        let Some(queue) = &self.queue else { return Err(StorageError::Stopped.into()) };
        let mut once = Some(work);
        self.queued(queue, false, move |conn: &mut Conn| once.take().map(|work| work(conn))).await
    }

    /// As [`Db::write`], for a closure that may be run again: on the embedded database it shares a savepoint with
    /// others, which costs less. Where one of them fails, it is run once more.
    pub async fn write_repeatable<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let Some(queue) = &self.queue else { return self.write(work).await };
        let _waiting = self.watch.enter();
        self.queued(queue, true, move |conn: &mut Conn| Some(work(conn))).await
    }

    async fn queued<T, E, F>(&self, queue: &SyncSender<Sent>, is_repeatable: bool, work: F) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Option<Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let call: Sent = (self.lane, Box::new(Call { work, is_repeatable, result: None, reply }));
        let queue = queue.clone();
        if let Err(std::sync::mpsc::TrySendError::Full(call)) = queue.try_send(call) {
            // The queue is full: wait for a place off the async threads.
            let sent = spawn_blocking(move || queue.send(call)).await;
            if !matches!(sent, Ok(Ok(()))) {
                return Err(StorageError::Stopped.into());
            }
        }
        answer.await.unwrap_or_else(|_| Err(StorageError::Stopped.into()))
    }
}

/// Runs a closure on a connection of the pool (PostgreSQL).
async fn on_pool<T, E, F>(pool: &Pool<Manager>, work: F) -> Result<T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StorageError> + Send + 'static,
{
    let pool = pool.clone();
    spawn_blocking(move || {
        let mut conn = pool.get().map_err(|e| StorageError::Unreachable(e.to_string()))?;
        work(&mut conn)
    })
    .await
    .unwrap_or_else(|_| Err(StorageError::Stopped.into()))
}

/// One transaction on a pooled connection (PostgreSQL).
fn in_transaction<T, E>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
    commit: impl FnOnce(&mut Conn) -> Result<(), StorageError>,
) -> Result<T, E>
where
    E: From<StorageError>,
{
    use diesel::connection::{Connection, TransactionManager};
    engine::sqlite::writer::begin(conn).map_err(StorageError::from)?;
    match work(conn) {
        Ok(value) => {
            commit(conn)?;
            Ok(value)
        }
        Err(error) => {
            <Conn as Connection>::TransactionManager::rollback_transaction(conn).map_err(StorageError::from)?;
            Err(error)
        }
    }
}
