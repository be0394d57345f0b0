//! A case: its page, its timeline, its letters, and the steps on it.

pub mod case;
pub mod case_step;
pub mod evidence;
pub mod letter;
pub(in crate::http::staff) mod timeline;
