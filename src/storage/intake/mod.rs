//! What arrived, and what was understood of it.

pub mod idempotency;
pub mod notice_keys;
pub mod notice_lists;
pub mod notices;
pub mod repeats;
pub mod submissions;
pub mod works;
