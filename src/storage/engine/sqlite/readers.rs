//! Threads that read the embedded database, each with its connection. What comes by the hundred, lines of batches and
//! jobs, has its own, one for each processor beside the writer's: more of them would stand in the writer's way, and
//! pages and single notices find theirs free.
//!
//! A reader keeps its pages, statements and memory at hand: threads that are borrowed for each look had them spread
//! over some dozens.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use diesel::r2d2::R2D2Connection;
use tokio::sync::oneshot;

use crate::storage::engine::connection::{Conn, DatabaseUrl};
use crate::storage::engine::error::StorageError;

type Look = Box<dyn FnOnce(&mut Conn) + Send>;

/// The way to some threads that read; they end when the last one is dropped.
#[derive(Clone)]
pub(in crate::storage) struct Readers(Sender<Look>);

impl Readers {
    /// Starts some.
    pub fn start(url: &DatabaseUrl, count: usize) -> Result<Self, StorageError> {
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..count {
            let (conn, url, receiver) = (url.open()?, url.clone(), Arc::clone(&receiver));
            thread::Builder::new()
                .name("safeharbor-read".to_owned())
                .spawn(move || serve(conn, &url, &receiver))
                .map_err(|e| StorageError::Unreachable(e.to_string()))?;
        }
        Ok(Self(sender))
    }

    /// Starts as many as there are processors beside the writer's.
    pub fn beside_writer(url: &DatabaseUrl) -> Result<Self, StorageError> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self::start(url, processors.saturating_sub(1).max(1))
    }

    /// Has the next free one run a closure that only reads.
    pub async fn read<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let run = move |conn: &mut Conn| {
            // Nobody is left to look for where the caller has gone away.
            if !reply.is_closed() {
                drop(reply.send(look(conn)));
            }
        };
        self.0.send(Box::new(run)).map_err(|_| StorageError::Stopped)?;
        answer.await.unwrap_or_else(|_| Err(StorageError::Stopped.into()))
    }
}

fn serve(mut conn: Conn, url: &DatabaseUrl, receiver: &Mutex<Receiver<Look>>) {
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(look) = next else { return };
        // A panic must not leave the others without a thread; its caller is told. What it had begun is over with its
        // connection.
        let panicked = catch_unwind(AssertUnwindSafe(|| look(&mut conn))).is_err();
        if panicked || conn.is_broken() {
            match url.open() {
                Ok(fresh) => conn = fresh,
                Err(error) => tracing::error!(%error, "a connection for reading could not be opened anew"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;

    use super::*;

    fn readers(count: usize) -> Readers {
        Readers::start(&DatabaseUrl::Sqlite(":memory:".to_owned()), count).unwrap()
    }

    /// Reads something slow or nothing.
    async fn read(readers: &Readers, sql: &'static str) -> Result<(), StorageError> {
        readers.read(move |conn| Ok(conn.batch_execute(sql)?)).await
    }

    #[tokio::test]
    async fn many_look_at_once_and_each_gets_its_answer() {
        let readers = readers(3);
        let looks = (0..50).map(|n| readers.read(move |_| Ok::<_, StorageError>(n)));
        let seen: Result<Vec<i32>, _> = futures_util::future::join_all(looks).await.into_iter().collect();
        assert_eq!(seen.unwrap(), (0..50).collect::<Vec<_>>());
        assert!(read(&readers, "SELECT nothing FROM nowhere").await.is_err());
        read(&readers, "SELECT 1").await.unwrap();
    }

    #[tokio::test]
    async fn a_look_that_panics_leaves_the_others_their_reader() {
        let readers = readers(1);
        let panics = |conn: &mut Conn| -> Result<(), StorageError> {
            conn.batch_execute("BEGIN")?;
            panic!("as a test")
        };
        assert!(matches!(readers.read(panics).await, Err(StorageError::Stopped)));
        read(&readers, "BEGIN").await.unwrap();
    }
}
