//! What each law says: elements, statements, clocks.

pub mod us_512;
