//! To whoever sent a notice: the receipt, what is missing, a confirmation.

pub(in crate::mail::letters) mod acknowledgement;
pub(in crate::mail::letters) mod confirm_address;
pub(in crate::mail::letters) mod mail_received;
pub(in crate::mail::letters) mod missing_elements;
pub(in crate::mail::letters) mod notice_copy;
