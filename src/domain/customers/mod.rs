//! What ties a location to a customer, and who has it when.

pub mod asset;
pub mod ownership;
