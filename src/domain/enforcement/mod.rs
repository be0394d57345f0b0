//! Strikes, the policy, decisions, standing. 17 USC 512(i)(1)(A).

pub mod decision;
pub mod policy;
pub mod standing;
pub mod strikes;
