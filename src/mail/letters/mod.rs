//! One file per letter: a typed struct, its words in `templates/mail/`, a snapshot of both parts.

mod access_disabled;
mod access_restored;
mod acknowledgement;
mod answer_copy;
mod case_outcome;
mod confirm_address;
mod confirm_resolution;
mod counter_notice_copy;
mod counter_notice_received;
mod court_action_received;
mod deadline_moved;
mod decision;
mod gathered;
mod mail_received;
mod missing_elements;
mod new_link;
mod notice_copy;
mod notice_to_customer;
mod record_digest;
mod reminder;
mod withdrawal;

pub use access_disabled::AccessDisabled;
pub use access_restored::{AccessRestored, RestoredBecause};
pub use acknowledgement::{Acknowledgement, RepeatedLocation};
pub use answer_copy::AnswerCopy;
pub use case_outcome::{CaseOutcome, Ended};
pub use confirm_address::ConfirmAddress;
pub use confirm_resolution::ConfirmResolution;
pub use counter_notice_copy::CounterNoticeCopy;
pub use counter_notice_received::CounterNoticeReceived;
pub use court_action_received::CourtActionReceived;
pub use deadline_moved::DeadlineMoved;
pub use decision::{CountedStrike, DecisionLetter};
pub use gathered::{Gathered, GatheredItem};
pub use mail_received::MailReceived;
pub use missing_elements::{MissingElements, MissingItem};
pub use new_link::NewLink;
pub use notice_copy::NoticeCopy;
pub use notice_to_customer::NoticeToCustomer;
pub use record_digest::RecordDigest;
pub use reminder::Reminder;
pub use withdrawal::WithdrawalLetter;

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
mod dispute_samples;
#[cfg(test)]
mod samples;
