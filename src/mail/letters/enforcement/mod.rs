//! Decisions about an account.

pub(in crate::mail::letters) mod decision;
