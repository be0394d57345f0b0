//! One notice against one customer: forwarding, deadlines, answers, reminders, and what is told of the end.

pub(in crate::actions) mod answer_case;
pub(in crate::actions) mod close_case;
pub(in crate::actions) mod end_links;
pub(in crate::actions) mod extend_deadline;
pub(in crate::actions) mod forward_case;
pub(in crate::actions) mod lose_contact;
pub(in crate::actions) mod note_case;
pub(in crate::actions) mod pass_deadline;
pub(in crate::actions) mod reach_customer;
pub(in crate::actions) mod remind_customer;
pub(in crate::actions) mod renew_link;
pub(in crate::actions) mod review_done;
pub(in crate::actions) mod running_deadline;
pub(in crate::actions) mod send_notice;
pub(in crate::actions) mod tell_outcome;
