//! From a submission to a stored, assessed notice with its cases and its receipt.

pub(in crate::actions) mod admit_notice;
pub(in crate::actions) mod complete_letter;
pub(in crate::actions) mod find_repeats;
pub(in crate::actions) mod idempotency;
pub(in crate::actions) mod lock_notices;
pub(in crate::actions) mod mail_facts;
pub(in crate::actions) mod mail_thread;
pub(in crate::actions) mod match_locations;
pub(in crate::actions) mod open_cases;
pub(in crate::actions) mod prepare_notices;
pub(in crate::actions) mod receipt;
pub(in crate::actions) mod receive_document;
pub(in crate::actions) mod receive_mail;
pub(in crate::actions) mod receive_notice;
pub(in crate::actions) mod relations;
pub(in crate::actions) mod stand_up;
pub(in crate::actions) mod tell_sender;
pub(in crate::actions) mod types;
