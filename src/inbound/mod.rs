//! Mail coming in: what every way of handing it over does, and LMTP (RFC 2033) for a mail server in front.

mod lmtp;
mod take_mail;

pub use lmtp::{Listener, bind};
pub use take_mail::take_mail;
