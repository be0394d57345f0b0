//! Pages for everybody, and the private pages of a complainant.

pub mod confirm;
pub mod copy;
pub mod cure;
mod cure_fields;
mod field_names;
pub mod home;
pub mod notice_check;
pub mod notice_fields;
pub mod notice_form;
pub mod policy;
pub mod receipt;
pub mod status;
pub mod status_steps;
mod status_words;
pub mod transparency;

pub(super) use field_names::{field_of, flatten};
pub(super) use notice_fields::Fields;
