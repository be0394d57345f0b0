//! Letters: typed values, blocks, two parts; and how they are sent.

pub mod authenticate;
pub mod blocks;
pub mod dkim;
mod html_part;
pub mod letter;
pub mod letterhead;
pub mod letters;
pub mod message;
mod sent;
pub(crate) mod smtp;
mod text_part;
pub mod transport;
