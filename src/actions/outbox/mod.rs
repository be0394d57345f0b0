//! Letters and webhooks on their way out, and what came back.

pub(in crate::actions) mod limits;
mod queue;
pub(in crate::actions) mod record_bounce;
pub(in crate::actions) mod record_delivery;
pub(in crate::actions) mod retry_letter;
pub(in crate::actions) mod send_gathered;
pub(in crate::actions) mod show_letter;
pub(in crate::actions) mod webhooks;
pub(in crate::actions) mod weigh_bounce;
