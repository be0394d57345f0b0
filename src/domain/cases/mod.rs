//! One notice against one customer: its states, answers, and deadlines.

pub mod answer;
pub mod case;
pub mod deadline;
pub mod reached;
