//! One notice against one customer: its row, lists of cases, answers, and what staff should look at.

pub(in crate::storage) mod case_lists;
mod case_rows;
pub mod due_cases;
pub mod responses;
pub mod reviews;

pub use case_lists::*;
pub use case_rows::*;
