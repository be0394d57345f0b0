//! One writer thread for SQLite: closures that wait are run in one durable transaction, in savepoints.
//!
//! Load makes commits cheaper, one failing closure does not take its neighbours along (`savepoints.rs`), and nobody
//! gets an answer before the commit is on disk. Whose turn it is, and when a transaction ends: `lanes.rs`.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use prometheus::{Histogram, HistogramOpts, IntCounter, IntGauge};
use tokio::sync::oneshot;

use super::checkpointer::{self, KEPT_BYTES, MOST_FRAMES, Written};
use super::queue::{Lanes, Sent, Taken};
use super::savepoints::Savepoints;
use super::work::Work;
use crate::storage::engine::connection::{Conn, DatabaseUrl};
use crate::storage::engine::error::StorageError;

/// Most closures that wait; beyond that, callers wait for a place.
const QUEUE: usize = 4096;
/// Page cache of the writer, in KiB: most pages that a notice touches are met again by the next one.
const CACHE: u32 = 49_152;

/// How writing goes: what waits or is being written, how long commits take, and how many share one.
#[derive(Clone)]
pub struct WriteWatch {
    pub waiting: IntGauge,
    pub commit: Histogram,
    pub together: Histogram,
    /// Commits that could not be done; nothing of them was acknowledged.
    pub failed: IntCounter,
}

impl WriteWatch {
    pub(in crate::storage) fn new() -> Result<Self, prometheus::Error> {
        let histogram = |name: &str, help: &str, buckets: &[f64]| {
            Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))
        };
        Ok(Self {
            waiting: IntGauge::new("safeharbor_writes_waiting", "Write transactions that wait or run.")?,
            failed: IntCounter::new(
                "safeharbor_commits_failed_total",
                "Commits that could not be done; nothing of them was acknowledged.",
            )?,
            commit: histogram(
                "safeharbor_commit_seconds",
                "Time of a commit, until it is on disk.",
                &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0],
            )?,
            together: histogram(
                "safeharbor_commit_transactions",
                "Transactions that shared a commit.",
                &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0],
            )?,
        })
    }

    /// Counts a caller until the guard is dropped, also when it goes away before its answer.
    pub(in crate::storage) fn enter(&self) -> Waiting {
        self.waiting.inc();
        Waiting(self.waiting.clone())
    }

    /// Measures a commit of so many transactions.
    pub(in crate::storage) fn timed(
        &self,
        together: u32,
        commit: impl FnOnce() -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        self.together.observe(f64::from(together));
        let timer = self.commit.start_timer();
        let done = commit();
        timer.observe_duration();
        done.inspect_err(|error| self.not_done(error))
    }

    /// A commit could not be done.
    fn not_done(&self, error: &dyn std::fmt::Display) {
        self.failed.inc();
        tracing::error!(%error, "nothing could be written; what came is refused, nothing acknowledged is lost");
    }
}

/// One caller that waits for its transaction.
pub(in crate::storage) struct Waiting(IntGauge);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A closure, what came of it, and who waits for that. One that cannot be run again has no result the second time.
pub(in crate::storage) struct Call<F, T, E> {
    pub work: F,
    pub is_repeatable: bool,
    pub result: Option<Result<T, E>>,
    pub reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work for Call<F, T, E>
where
    F: FnMut(&mut Conn) -> Option<Result<T, E>> + Send,
    T: Send,
    E: From<StorageError> + Send,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        // Of a run that panics nothing is left to be told.
        self.result = None;
        self.result = (self.work)(conn);
        matches!(self.result, Some(Ok(_)))
    }
    fn is_repeatable(&self) -> bool {
        self.is_repeatable
    }
    fn answer(self: Box<Self>, commit: Result<(), StorageError>) {
        let result = match (self.result, commit) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(ok), Ok(())) => ok,
            (None, Ok(())) => Err(StorageError::Stopped.into()),
        };
        // The caller may have gone away; the work is done all the same.
        let _ = self.reply.send(result);
    }
}

/// Starts the writer thread; it ends when the last sender is dropped.
pub(in crate::storage) fn start(url: &DatabaseUrl, watch: WriteWatch) -> Result<SyncSender<Sent>, StorageError> {
    let mut conn = url.open()?;
    conn.batch_execute(&format!("PRAGMA wal_autocheckpoint = {MOST_FRAMES}"))?;
    conn.batch_execute(&format!("PRAGMA cache_size = -{CACHE}"))?;
    conn.batch_execute(&format!("PRAGMA journal_size_limit = {KEPT_BYTES}"))?;
    let written = checkpointer::start(url)?;
    let (sender, receiver) = sync_channel(QUEUE);
    thread::Builder::new()
        .name("safeharbor-writer".to_owned())
        .spawn(move || serve(&mut conn, Lanes::new(receiver), (&watch, &written)))
        .map_err(|e| StorageError::Unreachable(e.to_string()))?;
    Ok(sender)
}

fn serve(conn: &mut Conn, mut lanes: Lanes, (watch, written): (&WriteWatch, &Written)) {
    while lanes.wait().is_ok() {
        commit_some(conn, &mut lanes, watch);
        written.some(conn);
    }
}

fn commit_some(conn: &mut Conn, lanes: &mut Lanes, watch: &WriteWatch) {
    let begun = begin(conn).map_err(|e| e.to_string()).inspect_err(|e| watch.not_done(e));
    let (mut some, mut taken, mut whole) = (Savepoints::default(), Taken::default(), true);
    while whole && let Some(work) = lanes.next(&mut taken) {
        if begun.is_ok() {
            whole = some.run(conn, work);
        } else {
            some.leave_out(work);
        }
    }
    whole &= begun.is_err() || some.close(conn);
    let commit = match begun {
        Err(why) => Err(StorageError::Unreachable(why)),
        Ok(()) if whole => watch.timed(u32::try_from(some.len()).unwrap_or(u32::MAX), || finish(conn)),
        Ok(()) => rollback(conn).inspect_err(|e| watch.not_done(e)),
    };
    for work in some.into_done() {
        work.answer(commit.as_ref().copied().map_err(|e| StorageError::Unreachable(e.to_string())));
    }
}

/// Takes SQLite's write lock up front: a deferred transaction that reads and then writes fails at once
/// when another process writes.
pub(in crate::storage) fn begin(conn: &mut Conn) -> Result<(), diesel::result::Error> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(c) => {
            // The transaction has its number before any event in it has one (`feed_marks.rs`).
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN; SELECT pg_current_xact_id()")
        }
    }
}

pub(in crate::storage) fn finish(conn: &mut Conn) -> Result<(), StorageError> {
    Ok(<Conn as Connection>::TransactionManager::commit_transaction(conn)?)
}

fn rollback(conn: &mut Conn) -> Result<(), StorageError> {
    <Conn as Connection>::TransactionManager::rollback_transaction(conn)?;
    Err(StorageError::Unreachable("the transaction could not be completed; nothing was written".to_owned()))
}
