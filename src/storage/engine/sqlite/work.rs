//! A transaction that waits for the writer.

use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;

/// A closure with its caller's address.
pub(in crate::storage) trait Work: Send {
    /// Runs inside a savepoint; `false` rolls the savepoint back.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Whether it may be run again after what it did was undone.
    fn is_repeatable(&self) -> bool;
    /// Tells the caller, after the commit (or why there was none).
    fn answer(self: Box<Self>, commit: Result<(), StorageError>);
}
