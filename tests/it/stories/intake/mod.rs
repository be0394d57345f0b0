//! Notices arrive, by every way in.

pub(in crate::stories) mod admission;
pub(in crate::stories) mod claims;
pub(in crate::stories) mod completing;
pub(in crate::stories) mod hostile_text;
pub(in crate::stories) mod mail_identity;
pub(in crate::stories) mod mail_in;
pub(in crate::stories) mod mail_threads;
mod mail_words;
pub(in crate::stories) mod matching;
pub(in crate::stories) mod receiving;
pub(in crate::stories) mod unlinked;
pub(in crate::stories) mod unread;
