//! Counter-notices, court actions, withdrawals, and the files that came with them.

pub mod attachments;
pub mod counter_notices;
pub mod court_actions;
pub mod withdrawals;
