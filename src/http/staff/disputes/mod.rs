//! Counter-notices that came by post or mail.

pub mod counter_notice;
