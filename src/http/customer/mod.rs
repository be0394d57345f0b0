//! Pages of a customer: opened by the link in a letter, no account needed.

mod answer_fields;
pub mod new_link;
pub mod respond;
