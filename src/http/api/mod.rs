//! `/api/v1`: JSON for programs. Every change goes through the same actions as the pages.

mod answer;
mod assets;
mod batch;
mod caller;
mod cases;
mod customers;
mod docs;
mod events;
mod lines;
mod mail;
mod notices;
mod openapi;
mod problem;
mod problem_responses;
mod routes;
mod shapes;
mod take_notices;
mod withdraw;

pub use openapi::document;
pub use problem::ApiError;
pub use routes::{ROUTES, configure};
