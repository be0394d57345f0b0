//! Counter-notices, court actions, the put-back clock, withdrawals. 17 USC 512(g).

pub(in crate::actions) mod put_back;
pub(in crate::actions) mod receive_counter_notice;
pub(in crate::actions) mod receive_court_action;
pub(in crate::actions) mod store_files;
pub(in crate::actions) mod tell_withdrawals;
pub(in crate::actions) mod withdraw_notice;
