//! Facts about a case: one notice against one customer.

use super::codes::{iso, iso_option};
use crate::domain::base::ids::LetterId;
use crate::domain::base::moment::Moment;
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::Outcome;

facts! {
    /// A case was opened.
    struct CaseOpened {
        /// Reference of the notice.
        notice: String,
        /// How many locations.
        locations: usize,
        /// References of other open cases about the same material.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also_in: Vec<String>,
        /// Reference of the case that ended and whose repeats it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<String>,
    } private {
        /// Account number at the host.
        customer of Customer,
    }

    /// The notice stays unconfirmed.
    struct Unconfirmed {
        /// The owner of the address says that the notice is not theirs; otherwise the time to confirm has passed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        denied: bool,
    }

    /// How many contacts were written to.
    struct ContactCount {
        contacts: usize,
    }

    /// The customer was reached.
    struct CaseReached {
        /// `letter`, `answer`, or the way that a person recorded.
        by: String,
        #[serde(with = "iso")]
        at: Moment,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        letter: Option<LetterId>,
        /// When the answer is due.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "iso_option")]
        deadline: Option<Moment>,
        /// How long after it was forwarded, in words, where that is late.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<String>,
    } private {
        reason of Customer,
    }

    /// The clock of a case stopped: the letter that started it came back.
    struct ClockStopped {
        letter: LetterId,
    }

    /// The customer answered.
    struct CaseAnswered {
        answer: AnswerKind,
        /// Row number of the answer.
        response: i64,
    } private {
        /// Digest of the stored answer.
        sha256 of Customer,
        /// Digests of the files that came with it.
        files of Customer,
    }

    /// A case ended.
    struct CaseClosed {
        outcome: Outcome,
    } private {
        reason of Customer,
    }

    /// The deadline is another one.
    struct DeadlineMoved {
        #[serde(with = "iso")]
        deadline: Moment,
    } private {
        reason of Customer,
    }

    /// What the host's systems were asked to do is not confirmed.
    struct NotConfirmed {
        /// How many locations.
        locations: usize,
    }

    /// Somebody wrote a note.
    struct CaseNote {} private {
        reason of Customer,
    }

    /// Private links to a case were ended.
    struct LinksEnded {
        /// How many.
        links: usize,
    } private {
        reason of Customer,
    }

    /// The sender took back what a case is about, or some of it.
    struct CaseWithdrawn {
        /// How many locations.
        locations: usize,
    } private {
        reason of Sender,
    }

    /// A person looked, and nothing is left to do.
    struct ReviewDone {
        /// Row number of the review.
        review: i64,
        kind: String,
    }
}
