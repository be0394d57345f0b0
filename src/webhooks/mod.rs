//! Telling other systems: one signed message, one attempt. Standard Webhooks 1.0.

mod client;
mod sign;

pub use client::{Client, ClientError, EndpointAnswer};
pub use sign::sign;
