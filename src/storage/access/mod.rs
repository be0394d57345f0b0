//! Staff, second factors, API keys, private links.

pub mod api_keys;
pub mod links;
pub mod second_factors;
pub mod staff;
pub mod staff_access;
