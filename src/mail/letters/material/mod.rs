//! Access was disabled, or has returned.

pub(in crate::mail::letters) mod access_disabled;
pub(in crate::mail::letters) mod access_restored;
