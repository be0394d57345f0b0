//! The signed digest of the record.

pub(in crate::mail::letters) mod record_digest;
