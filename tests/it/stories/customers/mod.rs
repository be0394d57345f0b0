//! Accounts and assets.

pub(in crate::stories) mod importing;
pub(in crate::stories) mod owning;
