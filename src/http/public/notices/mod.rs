//! Reporting: the form, the page to check, completing a notice, the receipt.

pub mod check;
pub mod cure;
pub(in crate::http::public) mod cure_fields;
pub(in crate::http::public) mod field_names;
pub mod fields;
pub mod form;
pub mod receipt;
pub(in crate::http::public) mod tally;
