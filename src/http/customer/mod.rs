//! Pages of a customer: opened by the link in a letter, no account needed.

mod answer_fields;
pub(super) mod counter_fields;
pub mod counter_notice;
pub mod new_link;
pub mod respond;
mod shut_link;
