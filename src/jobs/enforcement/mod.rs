//! Strikes that reach their age.

pub(in crate::jobs) mod expire_strikes;
