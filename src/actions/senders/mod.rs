//! Who sends notices: confirmed addresses, and how staff treat a sender.

pub(in crate::actions) mod confirm_sender;
pub(in crate::actions) mod set_sender;
