//! Repeat infringers, decisions, strikes.

pub mod decide;
pub mod repeat_infringers;
