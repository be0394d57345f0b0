//! Letters: typed struct, one template, two renderings; and how they leave the house.

pub mod dkim;
pub mod letter;
pub mod letters;
pub mod markup;
pub mod message;
mod smtp;
pub mod transport;
