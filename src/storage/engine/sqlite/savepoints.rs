//! Which closures of a transaction share a savepoint.
//!
//! SQLite copies each page before its first change in a savepoint, so that it can be undone: for a notice some forty,
//! most of them the last pages of tables and indexes, which the next notice changes too. Closures that can be run again
//! share a savepoint. Where one of them fails, what they did is undone, and the others are run again, each in one of its
//! own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::connection::{Connection, TransactionManager};

use super::work::Work;
use crate::storage::engine::connection::Conn;

/// Most closures that share a savepoint, and so are run again.
const SHARED: usize = 16;

type Manager = <Conn as Connection>::TransactionManager;

/// The closures of one transaction, as they were run.
#[derive(Default)]
pub(in crate::storage) struct Savepoints {
    done: Vec<Box<dyn Work>>,
    /// The first of those that share the savepoint that is open.
    shared_since: Option<usize>,
}

impl Savepoints {
    /// Runs one more; returns whether the transaction is still sound.
    pub fn run(&mut self, conn: &mut Conn, mut work: Box<dyn Work>) -> bool {
        let sound = if work.is_repeatable() {
            self.run_shared(conn, work.as_mut())
        } else {
            self.close(conn) && run_alone(conn, work.as_mut())
        };
        self.done.push(work);
        sound
    }

    /// Takes one in that is not run, as there is no transaction.
    pub fn leave_out(&mut self, work: Box<dyn Work>) {
        self.done.push(work);
    }

    /// Ends the savepoint that is open; returns whether the transaction is still sound.
    pub fn close(&mut self, conn: &mut Conn) -> bool {
        self.shared_since.take().is_none() || Manager::commit_transaction(conn).is_ok()
    }

    /// How many closures there are.
    pub fn len(&self) -> usize {
        self.done.len()
    }

    /// All of them, to be answered.
    pub fn into_done(self) -> Vec<Box<dyn Work>> {
        self.done
    }

    fn run_shared(&mut self, conn: &mut Conn, work: &mut dyn Work) -> bool {
        if self.shared_since.is_none() && Manager::begin_transaction(conn).is_err() {
            return false;
        }
        let first = *self.shared_since.get_or_insert(self.done.len());
        if is_kept(conn, work) {
            return self.done.len() + 1 - first < SHARED || self.close(conn);
        }
        self.shared_since = None;
        let mut undone = self.done[first..].iter_mut();
        Manager::rollback_transaction(conn).is_ok() && undone.all(|work| run_alone(conn, work.as_mut()))
    }
}

/// Runs a closure in a savepoint of its own; returns whether the transaction is still sound.
fn run_alone(conn: &mut Conn, work: &mut dyn Work) -> bool {
    if Manager::begin_transaction(conn).is_err() {
        return false;
    }
    let end = if is_kept(conn, work) { Manager::commit_transaction(conn) } else { Manager::rollback_transaction(conn) };
    end.is_ok()
}

/// Runs a closure; whether what it did is to be kept. A panic in one must not leave the thread, and with it the
/// database, without a writer.
fn is_kept(conn: &mut Conn, work: &mut dyn Work) -> bool {
    catch_unwind(AssertUnwindSafe(|| work.run(conn))).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use diesel::connection::SimpleConnection;
    use diesel::dsl::sql;
    use diesel::sql_types::BigInt;

    use super::*;
    use crate::storage::engine::connection::DatabaseUrl;
    use crate::storage::engine::error::StorageError;
    use crate::storage::engine::prepared::{Prepared, here};

    /// Writes its number; fails where that is told.
    struct Writes {
        number: i64,
        repeatable: bool,
        fails: bool,
        runs: Arc<Mutex<Vec<i64>>>,
    }

    impl Work for Writes {
        fn run(&mut self, conn: &mut Conn) -> bool {
            self.runs.lock().unwrap().push(self.number);
            conn.batch_execute(&format!("INSERT INTO t VALUES ({})", self.number)).unwrap();
            assert!(self.number != 13, "as a test");
            !self.fails
        }
        fn is_repeatable(&self) -> bool {
            self.repeatable
        }
        fn answer(self: Box<Self>, _: Result<(), StorageError>) {}
    }

    /// Runs closures in one transaction: negative ones are run once, those over a thousand fail. Says which were run
    /// and what is there then.
    fn run(numbers: impl IntoIterator<Item = i64>) -> (Vec<i64>, Vec<i64>) {
        let mut conn = DatabaseUrl::Sqlite(":memory:".to_owned()).open().unwrap();
        conn.batch_execute("CREATE TABLE t (n BIGINT NOT NULL)").unwrap();
        let (mut savepoints, runs) = (Savepoints::default(), Arc::default());
        Manager::begin_transaction(&mut conn).unwrap();
        for number in numbers {
            let (repeatable, fails, runs) = (number >= 0, number > 1000, Arc::clone(&runs));
            assert!(savepoints.run(&mut conn, Box::new(Writes { number, repeatable, fails, runs })));
        }
        assert!(savepoints.close(&mut conn));
        Manager::commit_transaction(&mut conn).unwrap();
        let there = diesel::select(sql::<BigInt>("n FROM t ORDER BY rowid")).fixed(here!()).rows(&mut conn).unwrap();
        let runs = runs.lock().unwrap().clone();
        (runs, there)
    }

    #[test]
    fn closures_are_run_once_where_none_fails() {
        let all: Vec<i64> = (0..100).map(|n| if n % 7 == 0 { -n } else { n }).filter(|n| *n != 13).collect();
        assert_eq!(run(all.clone()), (all.clone(), all));
    }

    #[test]
    fn one_that_fails_takes_none_of_those_along_that_shared_its_savepoint() {
        assert_eq!(run([1, 2, 1003, 4]), (vec![1, 2, 1003, 1, 2, 4], vec![1, 2, 4]));
        assert_eq!(run([1, -2, 3, 13, -5]), (vec![1, -2, 3, 13, 3, -5], vec![1, -2, 3, -5]), "a panic");
        assert_eq!(run([1001, 1002]), (vec![1001, 1002], vec![]));
    }

    #[test]
    fn few_are_run_again() {
        let shared = i64::try_from(SHARED).unwrap();
        let (runs, there) = run((100..100 + 2 * shared).chain([2000]));
        assert_eq!(there.len(), 2 * SHARED);
        assert_eq!(runs.len(), 2 * SHARED + 1, "the second savepoint was over");
        let (runs, _) = run((100..100 + 2 * shared - 1).chain([2000]));
        assert_eq!(runs.len(), 3 * SHARED - 1, "{runs:?}");
    }
}
