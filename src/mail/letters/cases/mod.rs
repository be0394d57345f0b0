//! To customers about a case, and to complainants about its outcome.

pub(in crate::mail::letters) mod answer_copy;
pub(in crate::mail::letters) mod case_outcome;
pub(in crate::mail::letters) mod confirm_resolution;
pub(in crate::mail::letters) mod deadline_moved;
pub(in crate::mail::letters) mod new_link;
pub(in crate::mail::letters) mod notice_to_customer;
pub(in crate::mail::letters) mod reminder;
