//! One file per letter: typed values, the blocks they become, a snapshot of both parts.

pub mod cases;
pub mod disputes;
pub mod enforcement;
mod gathered;
pub mod intake;
mod listing;
pub mod material;
pub mod record;
mod wording;

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
pub use wording::{Due, addresses};

use super::letter::{ComposedLetter, Letter, LetterError, RenderContext};

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

#[cfg(test)]
mod dispute_samples;
#[cfg(test)]
pub(super) mod samples;
