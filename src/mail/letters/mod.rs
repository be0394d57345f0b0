//! One file per letter: a typed struct, its words in `templates/mail/`, a snapshot of both parts.

mod acknowledgement;
mod answer_copy;
mod confirm_resolution;
mod deadline_moved;
mod decision;
mod mail_received;
mod missing_elements;
mod new_link;
mod notice_to_customer;
mod reminder;

pub use acknowledgement::{Acknowledgement, OpenedCase};
pub use answer_copy::AnswerCopy;
pub use confirm_resolution::ConfirmResolution;
pub use deadline_moved::DeadlineMoved;
pub use decision::{CountedStrike, DecisionLetter};
pub use mail_received::MailReceived;
pub use missing_elements::{MissingElements, MissingItem};
pub use new_link::NewLink;
pub use notice_to_customer::NoticeToCustomer;
pub use reminder::Reminder;

use crate::domain::moment::Moment;
use jiff::tz::TimeZone;

/// Addresses listed in a letter at most; the page behind the link lists all.
pub const LISTED: usize = 100;

/// A deadline as letters tell it: UTC, and the zone of the host.
#[derive(Clone, Debug)]
pub struct Due {
    pub at: Moment,
    pub full: String,
    pub brief: String,
    pub local: String,
}

impl Due {
    /// Puts a deadline into words.
    pub fn new(at: Moment, zone: &TimeZone) -> Self {
        Self { at, full: at.full(), brief: at.brief(), local: at.local_sentence(zone).unwrap_or_default() }
    }
}

/// `1 address`, `9 addresses`.
pub fn addresses(n: usize) -> String {
    if n == 1 { "1 address".to_owned() } else { format!("{n} addresses") }
}

#[cfg(test)]
mod samples;
