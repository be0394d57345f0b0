//! A notice, and what arrived as it came.

pub mod notice;
pub mod submission;
