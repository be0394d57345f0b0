//! A notice as it comes in, where it points, and whose it is proved to be.

pub mod admission;
pub mod canonical;
pub mod found_address;
pub mod location;
pub mod notice;
pub mod parsed_notice;
pub mod pasted_location;
pub mod proof;
pub(in crate::domain) mod raw_notice;
pub mod receipt_day;
pub mod similarity;
pub mod web_place;
