//! Forwarding, deadlines, reminders, outcomes.

pub(in crate::jobs) mod forward_cases;
pub(in crate::jobs) mod pass_deadlines;
pub(in crate::jobs) mod remind;
pub(in crate::jobs) mod seek_contact;
pub(in crate::jobs) mod tell_outcomes;
