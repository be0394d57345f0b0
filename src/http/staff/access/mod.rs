//! One's own account, signing in, API keys.

pub mod account;
pub(in crate::http::staff) mod device;
mod enter;
pub mod keys;
pub mod login;
pub mod people;
pub mod second_step;
