//! What may stand between a letter and its receiver, and what webhooks tell.

pub mod letter_rule;
pub mod webhook;
