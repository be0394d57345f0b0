//! Figures of senders, and addresses that were never confirmed.

pub(in crate::jobs) mod count_senders;
pub(in crate::jobs) mod stop_waiting;
