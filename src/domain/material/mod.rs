//! Where a reported location stands, and what the complainant may know of it.

pub mod location_state;
pub mod public_state;
