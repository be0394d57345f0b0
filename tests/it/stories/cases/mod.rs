//! Customers are reached, answer, or stay silent.

pub(in crate::stories) mod answering;
pub(in crate::stories) mod links;
pub(in crate::stories) mod paper;
pub(in crate::stories) mod reaching;
