//! Whole stories: what people do, from the form to the decision.

mod cases;
mod customers;
mod desk;
mod disputes;
mod enforcement;
mod intake;
mod material;
mod outbox;
mod record;
mod record_forgotten;
mod record_tampered;
mod senders;
