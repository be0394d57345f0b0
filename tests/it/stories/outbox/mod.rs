//! Letters and what comes back.

pub(in crate::stories) mod letters;
pub(in crate::stories) mod mail_bounces;
pub(in crate::stories) mod receivers;
