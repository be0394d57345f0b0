//! Facts about what arrives: notices, their withdrawal, mails.

use super::outbox::Receiver;
use super::private::Whose;
use crate::domain::base::ids::{LetterId, NoticeId};
use crate::domain::regimes::us_512::elements::Class;

facts! {
    /// A notice arrived and was judged.
    struct NoticeReceived {
        /// `form`, `api`, `mail`, `cli`.
        channel: String,
        /// In which form it was written.
        format: String,
        class: Class,
        /// Codes of what is missing or was noted.
        findings: Vec<String>,
        /// How many locations it names, and how many of them are hosted here.
        locations: usize,
        hosted: usize,
        /// Codes of signs of abuse.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        signals: Vec<String>,
        /// The earlier notice that it completes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cures: Option<NoticeId>,
        /// The earlier notice that it repeats.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repeats: Option<NoticeId>,
    } private {
        /// Digest of the bytes that arrived.
        sha256 of Sender,
    }

    /// Nothing could be read in a submission.
    struct SubmissionUnreadable {
        submission: i64,
        channel: String,
    }

    /// How many cases follow.
    struct CaseCount {
        cases: usize,
    }

    /// A submission, by its row number.
    struct OfSubmission {
        submission: i64,
    }

    /// The sender's own system writes that a notice is taken back.
    struct RetractionReceived {
        submission: i64,
        /// Whether it surely comes from the sender.
        proved: bool,
    }

    /// The sender took a notice back.
    struct NoticeWithdrawn {
        /// `link`, `api`, `acns`, `mail` or `staff`.
        via: String,
        /// How many locations.
        locations: usize,
        /// Nothing of the notice is left.
        whole: bool,
    } private {
        /// Digest of the stored withdrawal.
        sha256 of Sender,
        reason of Sender,
    }

    /// A mail that is put on record.
    struct MailNoted {
        submission: i64,
        /// The letter that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        letter: Option<LetterId>,
    }

    /// A bounce that does not fit the letter it names.
    struct BounceClaimed {
        submission: i64,
        letter: LetterId,
        receiver: Receiver,
        /// Why it does not fit.
        why: String,
    } private {
        /// What it says a server answered.
        answer by receiver_vault,
    }
}

impl BounceClaimed {
    fn receiver_vault(&self) -> Whose {
        self.receiver.whose(self.letter)
    }
}
