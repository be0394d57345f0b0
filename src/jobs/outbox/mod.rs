//! Letters and webhooks: claimed, rendered, sent, tried again.

pub(in crate::jobs) mod back_off;
pub(in crate::jobs) mod end_leases;
pub(in crate::jobs) mod render_letter;
pub(in crate::jobs) mod send_gathered;
pub(in crate::jobs) mod send_letters;
pub(in crate::jobs) mod send_webhooks;
