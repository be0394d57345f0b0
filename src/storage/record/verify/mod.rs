//! Whether what is stored is what the record tells: rows, bytes and counters against events.
//!
//! The chains show whether an event was changed (`verify_chains.rs`). These checks show whether somebody changed the
//! rows beside them: each walks a table by its key, a page at a time, and compares it with what the events of its
//! subject tell. Memory grows with a page, not with the record. Where a private value was
//! forgotten, nothing is compared with it.

mod bytes;
mod cases;
mod chains;
mod counter_notices;
mod customers;
mod files;
mod installation;
mod letters;
mod notices;
mod page;
mod responses;

use super::checkpoints;
use super::verify_chains::{self, Broken};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;

/// How much was read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Read {
    pub events: u64,
    pub checkpoints: usize,
    /// Rows and bodies that were compared with events.
    pub compared: u64,
}

/// Checks chains, checkpoints, and what is stored against both.
pub fn everything(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<Read, StorageError> {
    let events = verify_chains::verify(conn, found)?;
    let checkpoints = checkpoints::verify(conn, found)?;
    Ok(Read { events, checkpoints, compared: stored(conn, found)? })
}

/// Checks what is stored against what the events tell. Returns how many rows and bodies were compared.
pub fn stored(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let mut compared = chains::check(conn, found)?;
    compared += bytes::check(conn, found)?;
    compared += notices::check(conn, found)?;
    compared += cases::check(conn, found)?;
    compared += customers::check(conn, found)?;
    compared += letters::check(conn, found)?;
    installation::check(conn, found)?;
    Ok(compared)
}
