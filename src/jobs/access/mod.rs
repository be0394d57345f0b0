//! Sessions and idempotent answers that have run out.

pub(in crate::jobs) mod sweep_answers;
pub(in crate::jobs) mod sweep_sessions;
