//! Pages for rights holders, customers and staff. Everything is rendered on the server; no script is needed.

mod access;
pub mod api;
mod assets;
mod charts;
mod client;
mod csv;
mod customer;
mod error;
mod escape;
mod files;
mod form;
mod guard;
mod health;
mod limiter;
mod limits;
mod observe;
mod page;
mod public;
pub mod routes;
mod seal;
mod server;
mod sign_in_limits;
mod staff;
mod uploads;

pub use error::HttpError;
pub use limits::Limits;
pub use server::{Bound, Watch, bind};
