//! One file per letter: typed values, the blocks they become, a snapshot of both parts.

pub mod cases;
pub mod disputes;
pub mod enforcement;
mod gathered;
pub mod intake;
mod listing;
pub mod material;
pub mod record;

pub use cases::answer_copy::AnswerCopy;
pub use cases::case_outcome::{CaseOutcome, Ended};
pub use cases::confirm_resolution::ConfirmResolution;
pub use cases::deadline_moved::DeadlineMoved;
pub use cases::new_link::NewLink;
pub use cases::notice_to_customer::NoticeToCustomer;
pub use cases::reminder::Reminder;
pub use disputes::counter_notice_copy::CounterNoticeCopy;
pub use disputes::counter_notice_received::CounterNoticeReceived;
pub use disputes::court_action_received::CourtActionReceived;
pub use disputes::withdrawal::WithdrawalLetter;
pub use enforcement::decision::{CountedStrike, DecisionLetter};
pub use gathered::{Gathered, GatheredItem};
pub use intake::acknowledgement::{Acknowledgement, RepeatedLocation};
pub use intake::confirm_address::ConfirmAddress;
pub use intake::mail_received::MailReceived;
pub use intake::missing_elements::{MissingElements, MissingItem};
pub use intake::notice_copy::NoticeCopy;
pub use listing::{LISTED, Listing};
pub use material::access_disabled::AccessDisabled;
pub use material::access_restored::{AccessRestored, RestoredBecause};
pub use record::record_digest::RecordDigest;

use serde::{Deserialize, Serialize};

use super::letter::{ComposedLetter, Letter, LetterError, RenderContext};
use crate::domain::base::moment::{Moment, Span};

macro_rules! letters {
    ($($letter:ty),* $(,)?) => {
        /// Names of all letters.
        pub const KINDS: &[&str] = &[$(<$letter>::KIND),*];

        /// Reads stored data of a letter and puts it into words.
        ///
        /// # Errors
        /// Where the kind or the version is unknown, or the data cannot be read.
        pub fn compose(
            (kind, version): (&str, i32),
            data: &str,
            context: &RenderContext,
        ) -> Result<ComposedLetter, LetterError> {
            match kind {
                $(<$letter>::KIND => ComposedLetter::read::<$letter>(version, data, context),)*
                other => Err(LetterError::UnknownKind(other.to_owned())),
            }
        }
    };
}

letters!(
    AccessDisabled,
    AccessRestored,
    Acknowledgement,
    AnswerCopy,
    CaseOutcome,
    ConfirmAddress,
    ConfirmResolution,
    CounterNoticeCopy,
    CounterNoticeReceived,
    CourtActionReceived,
    DeadlineMoved,
    DecisionLetter,
    Gathered,
    MailReceived,
    MissingElements,
    NewLink,
    NoticeToCustomer,
    RecordDigest,
    Reminder,
    WithdrawalLetter,
);

/// A deadline in a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// At a time that is known.
    At(Moment),
    /// So long after the attempt that delivers the letter: each attempt names its own time.
    AfterDelivery(Span),
}

impl Due {
    /// The time that the letter names: the deadline that runs, where one does, or what it says itself.
    pub fn moment(self, context: &RenderContext) -> Moment {
        context.running_deadline.unwrap_or(match self {
            Self::At(at) => at,
            Self::AfterDelivery(period) => context.sending_at + period,
        })
    }
    /// `Friday 13 March 2026, 17:00 UTC`.
    pub fn full(self, context: &RenderContext) -> String {
        self.moment(context).full()
    }
    /// `Fri 13 March, 17:00 UTC`, for subjects.
    pub fn brief(self, context: &RenderContext) -> String {
        self.moment(context).brief()
    }
    /// The same time in the zone of the host; empty where that is UTC.
    pub fn local(self, context: &RenderContext) -> String {
        self.moment(context).local_sentence(&context.zone).unwrap_or_default()
    }
}

/// `1 address`, `9 addresses`.
pub fn addresses(n: usize) -> String {
    if n == 1 { "1 address".to_owned() } else { format!("{n} addresses") }
}

/// Why a contact of an account gets a letter that has no link in it.
fn to_contact(account_number: &str) -> String {
    format!("You are receiving this email because you are a contact for account {account_number}. {NOT_ADVICE}")
}

/// Why a contact of an account gets a letter with a link that answers.
fn to_contact_with_link(account_number: &str) -> String {
    format!(
        "You are receiving this email because you are a contact for account {account_number}. Do not forward it: anyone with the link can answer for you. {NOT_ADVICE}"
    )
}

/// Why a complainant gets a letter that has no link in it.
fn to_complainant() -> String {
    format!("You are receiving this email because you sent a notice to our copyright agent. {NOT_ADVICE}")
}

/// Why a complainant gets a letter with a link to the notice.
fn to_complainant_with_link() -> String {
    format!(
        "You are receiving this email because you sent a notice to our copyright agent. Keep the link private: anyone who has it can see the notice. {NOT_ADVICE}"
    )
}

const NOT_ADVICE: &str = "This email explains a process set by law; it is not legal advice.";

#[cfg(test)]
mod dispute_samples;
#[cfg(test)]
pub(super) mod samples;
