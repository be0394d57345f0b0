//! Roles, scopes, tokens, second factors, private links.

pub mod private_link;
pub mod role;
pub mod scope;
pub mod second_factor;
pub mod token;
