//! The append-only record and its chains.
//!
//! An event is a row of `events`; its private values are rows of `event_values`, each with its commitment, salt and vault.
//! To forget a value is to empty its salt and value: the commitment stays, and with it the chain.

pub mod forget;
mod heads;
mod names;
mod owners;
mod read;
mod row;
mod write;

pub use read::{RecordedEvent, Shown, all_of, of};
pub use row::EventRow;
pub use write::{Recorder, append, append_all, begin};

pub(in crate::storage) use read::{ValueRow, load, parsed, values_of};
