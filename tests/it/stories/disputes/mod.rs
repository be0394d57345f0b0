//! Counter-notices, court actions, withdrawals.

pub(in crate::stories) mod disputing;
pub(in crate::stories) mod withdrawing;
