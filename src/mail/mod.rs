//! Letters: typed struct, one template, two renderings; and how they leave the house.

pub mod authenticate;
pub mod dkim;
mod html_part;
pub mod letter;
pub mod letters;
pub mod markup;
pub mod message;
mod smtp;
mod text_part;
pub mod transport;
