//! Threads on which what strangers sent is read, apart from those that answer requests.
//!
//! There are few of them, so that hostile bodies cannot take every processor, nor memory without end; what is small has
//! its own and never waits behind what is large. The readers themselves take time that grows with the size alone
//! (`tests/it/hostile.rs`); the time limit is for what was overlooked there.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use tokio::sync::oneshot;
use tokio::time::timeout;

/// Bodies up to so many bytes are small.
const SMALL: usize = 100_000;
/// Time that a small body has in any case.
const LEAST: Duration = Duration::from_secs(1);
/// How long a body waits at most until a thread begins to read it.
const MAX_WAIT: Duration = Duration::from_mins(1);

/// The threads that read.
pub struct Parsers {
    small: Lane,
    large: Lane,
    limit: Duration,
}

/// Why something was not read. It can be kept all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotParsed {
    #[error("reading it took longer than one submission may take")]
    Late,
    #[error("it waited for too long behind others that were being read")]
    Busy,
    #[error("the program that reads it gave up on it")]
    Failed,
}

impl Parsers {
    /// Starts the threads. `limit` is the longest time for one body, from when a thread begins to read it.
    pub fn start(limit: Duration) -> io::Result<Self> {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Self { small: Lane::start(processors.max(2))?, large: Lane::start((processors / 2).max(1))?, limit })
    }

    /// Reads a body of so many bytes. After the time limit its result is no longer waited for.
    pub async fn run<T, F>(&self, bytes: usize, parse: F) -> Result<T, NotParsed>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (start, started) = oneshot::channel();
        let (reply, answer) = oneshot::channel();
        let job = move || {
            // Nobody waits for it any more.
            if reply.is_closed() {
                return;
            }
            let _ = start.send(());
            drop(reply.send(catch_unwind(AssertUnwindSafe(parse))));
        };
        let is_small = bytes <= SMALL;
        let lane = if is_small { &self.small } else { &self.large };
        lane.0.send(Box::new(job)).map_err(|_| NotParsed::Failed)?;
        timeout(MAX_WAIT, started).await.map_err(|_| NotParsed::Busy)?.map_err(|_| NotParsed::Failed)?;
        let limit = if is_small { self.limit.max(LEAST) } else { self.limit };
        match timeout(limit, answer).await {
            Ok(Ok(Ok(parsed))) => Ok(parsed),
            Ok(_) => Err(NotParsed::Failed),
            Err(_) => Err(NotParsed::Late),
        }
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// The way to some threads; they end when it is dropped.
struct Lane(Sender<Job>);

impl Lane {
    fn start(threads: usize) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new().name("safeharbor-parse".to_owned()).spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }
}

fn work(receiver: &Mutex<Receiver<Job>>) {
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        job();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_large_or_slow_holds_up_nothing_small() {
        let parsers = Parsers::start(Duration::from_millis(50)).unwrap();
        let (end, wait) = channel::<()>();
        let late = parsers.run(SMALL + 1, move || wait.recv());
        assert_eq!(late.await.unwrap_err(), NotParsed::Late);
        // The thread is still busy with it.
        assert_eq!(parsers.run(SMALL, || 7).await, Ok(7));
        drop(end);
        assert_eq!(parsers.run(SMALL + 1, || 8).await, Ok(8));
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_the_thread_goes_on() {
        let parsers = Parsers::start(Duration::from_secs(5)).unwrap();
        for _ in 0..4 {
            assert_eq!(parsers.run(SMALL + 1, || -> u8 { panic!("as a test") }).await, Err(NotParsed::Failed));
        }
        assert_eq!(parsers.run(SMALL + 1, || 1).await, Ok(1));
    }
}
