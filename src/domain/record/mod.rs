//! The append-only record: typed events in hash chains.

pub mod event;
