//! How reliable a sender has been, and what makes a notice worth a look.

pub mod sender;
pub mod signal;
