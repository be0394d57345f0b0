//! Strikes, flags, policies, decisions, standings.

pub mod decisions;
pub mod flags;
pub mod policies;
pub mod standings;
pub mod strike_counts;
pub mod strikes;
