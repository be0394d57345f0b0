//! Pages for trust-and-safety staff.

pub mod access;
pub mod cases;
pub mod clock;
pub mod customers;
pub mod disputes;
pub mod enforcement;
pub mod intake;
pub mod layout;
pub mod outbox;
pub mod queue;
pub mod senders;
