//! Strikes and repeat infringers.

pub(in crate::stories) mod repeat_infringer;
pub(in crate::stories) mod strikes;
