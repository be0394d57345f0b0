//! The clocks of counter-notices, and withdrawals to tell.

pub(in crate::jobs) mod put_back;
pub(in crate::jobs) mod tell_withdrawals;
