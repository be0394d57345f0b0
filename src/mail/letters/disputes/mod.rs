//! Counter-notices, court actions, withdrawals.

pub(in crate::mail::letters) mod counter_notice_copy;
pub(in crate::mail::letters) mod counter_notice_received;
pub(in crate::mail::letters) mod court_action_received;
pub(in crate::mail::letters) mod withdrawal;
