//! 17 USC 512: the notice, the counter-notice, the put-back window.

pub mod business_days;
pub mod counter_notice;
pub mod elements;
pub mod finding;
pub mod put_back;
pub mod statements;
pub mod verify;
