//! What every staff page has around it.

pub(in crate::http::staff) mod desk;
pub mod theme;
