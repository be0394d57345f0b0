//! Pure rules: no input or output, no async, no SQL, no clock.
//!
//! Everything here is a function of its arguments, so that counsel can read a rule and a test can
//! fix it. Nothing in this module uses another module of the crate (kept by `tests/it/layers/mod.rs`).

pub mod access;
pub mod base;
pub mod cases;
pub mod customers;
pub mod enforcement;
pub mod intake;
pub mod material;
pub mod outbox;
pub mod record;
pub mod regimes;
pub mod senders;
