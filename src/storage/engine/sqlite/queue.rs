//! Whose turn it is to be written: who waits for an answer goes before lines of batches and jobs, which come by the
//! hundred, and is not kept waiting by them either; while both wait they take turns, so that nobody waits forever.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvError, TryRecvError};
use std::time::{Duration, Instant};

use super::work::Work;

/// Most closures in one transaction.
const MOST: usize = 256;
/// Most closures that are held sorted; others wait before that.
const HELD: usize = 4096;
/// A transaction with someone who waits for an answer goes on for so long at most.
const PATIENCE: Duration = Duration::from_millis(20);

/// How urgent a closure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::storage) enum Lane {
    /// Someone waits for the answer.
    Answer,
    /// One of many: a line of a batch, what a job does.
    Many,
}

/// A closure with its lane.
pub(in crate::storage) type Sent = (Lane, Box<dyn Work>);

/// What waits for the writer.
pub(in crate::storage) struct Lanes {
    receiver: Receiver<Sent>,
    answers: VecDeque<Box<dyn Work>>,
    many: VecDeque<Box<dyn Work>>,
    last: Lane,
}

/// How far a transaction has come.
#[derive(Default)]
pub(in crate::storage) struct Taken {
    count: usize,
    answer_since: Option<Instant>,
}

impl Lanes {
    pub fn new(receiver: Receiver<Sent>) -> Self {
        Self { receiver, answers: VecDeque::new(), many: VecDeque::new(), last: Lane::Many }
    }

    /// Waits until there is something to write; an error where nothing will come any more.
    pub fn wait(&mut self) -> Result<(), RecvError> {
        if self.answers.is_empty() && self.many.is_empty() {
            let first = self.receiver.recv()?;
            self.put(first);
        }
        Ok(())
    }

    /// The next closure of a transaction; none where it should end now.
    pub fn next(&mut self, taken: &mut Taken) -> Option<Box<dyn Work>> {
        let over = taken.answer_since.is_some_and(|since| since.elapsed() > PATIENCE);
        if taken.count >= MOST || over {
            return None;
        }
        self.look();
        let turn = if self.many.is_empty() || (self.last == Lane::Many && !self.answers.is_empty()) {
            Lane::Answer
        } else {
            Lane::Many
        };
        let next = match turn {
            Lane::Answer => self.answers.pop_front()?,
            Lane::Many => self.many.pop_front()?,
        };
        if turn == Lane::Answer {
            taken.answer_since.get_or_insert_with(Instant::now);
        }
        taken.count += 1;
        self.last = turn;
        Some(next)
    }

    /// Takes in what has come; no more than the writer can hold.
    fn look(&mut self) {
        while self.answers.len() + self.many.len() < HELD {
            match self.receiver.try_recv() {
                Ok(sent) => self.put(sent),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
    }

    fn put(&mut self, (lane, work): Sent) {
        match lane {
            Lane::Answer => self.answers.push_back(work),
            Lane::Many => self.many.push_back(work),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{SyncSender, sync_channel};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::storage::engine::connection::Conn;
    use crate::storage::engine::error::StorageError;

    /// Says its name when it is answered.
    struct Named(&'static str, Arc<Mutex<Vec<&'static str>>>);

    impl Work for Named {
        fn run(&mut self, _: &mut Conn) -> bool {
            true
        }
        fn is_repeatable(&self) -> bool {
            false
        }
        fn answer(self: Box<Self>, _: Result<(), StorageError>) {
            self.1.lock().unwrap().push(self.0);
        }
    }

    struct Waiting {
        lanes: Lanes,
        sender: SyncSender<Sent>,
        said: Arc<Mutex<Vec<&'static str>>>,
    }

    fn waiting(names: &[&'static str]) -> Waiting {
        let (sender, receiver) = sync_channel(1000);
        let waiting = Waiting { lanes: Lanes::new(receiver), sender, said: Arc::default() };
        for name in names {
            waiting.send(name);
        }
        waiting
    }

    impl Waiting {
        fn send(&self, name: &'static str) {
            let lane = if name.starts_with("many") { Lane::Many } else { Lane::Answer };
            self.sender.send((lane, Box::new(Named(name, Arc::clone(&self.said))))).unwrap();
        }
        /// The next of a transaction.
        fn next(&mut self, taken: &mut Taken) -> &'static str {
            let Some(work) = self.lanes.next(taken) else { return "end" };
            work.answer(Ok(()));
            self.said.lock().unwrap().pop().unwrap()
        }
    }

    #[test]
    fn who_waits_for_an_answer_goes_first_and_nobody_waits_forever() {
        let mut waiting = waiting(&["many 1", "many 2", "many 3", "one", "two"]);
        let taken = &mut Taken::default();
        waiting.lanes.wait().unwrap();
        let order: Vec<_> = (0..6).map(|_| waiting.next(taken)).collect();
        assert_eq!(order, ["one", "many 1", "two", "many 2", "many 3", "end"]);
    }

    #[test]
    fn who_comes_while_many_are_written_is_next_and_soon_answered() {
        let mut waiting = waiting(&["many 1", "many 2", "many 3"]);
        let taken = &mut Taken::default();
        assert_eq!(waiting.next(taken), "many 1");
        waiting.send("one");
        assert_eq!(waiting.next(taken), "one");
        std::thread::sleep(PATIENCE * 2);
        assert_eq!(waiting.next(taken), "end", "the answer does not wait for the rest");
        assert_eq!(waiting.next(&mut Taken::default()), "many 2");
    }

    #[test]
    fn a_transaction_has_an_end() {
        let mut waiting = waiting(&["many"; MOST + 1]);
        let taken = &mut Taken::default();
        let in_one = (0..2 * MOST).map(|_| waiting.next(taken)).take_while(|name| *name != "end").count();
        assert_eq!(in_one, MOST);
        assert_eq!(waiting.next(&mut Taken::default()), "many");
        drop(waiting.sender);
        assert!(waiting.lanes.wait().is_err(), "nothing comes any more");
    }
}
