//! Mail handed over by a mail server in front: LMTP (RFC 2033).

mod lmtp;

pub use lmtp::{Listener, bind};
