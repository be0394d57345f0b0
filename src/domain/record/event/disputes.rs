//! Facts about counter-notices and court actions.

use super::codes::iso;
use crate::domain::base::ids::CounterId;
use crate::domain::base::moment::Moment;
use crate::domain::regimes::us_512::counter_notice::ActionKind;

facts! {
    /// A counter-notice arrived.
    struct CounterReceived {
        counter_notice: CounterId,
        submission: i64,
        /// How many locations it disputes.
        locations: usize,
        #[serde(with = "iso")]
        received: Moment,
        /// Access returns not before, and not after.
        #[serde(with = "iso")]
        restore_from: Moment,
        #[serde(with = "iso")]
        restore_until: Moment,
        /// It came on paper, and staff entered it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        on_paper: bool,
    } private {
        /// Digest of the bytes that arrived.
        sha256 of Customer,
        /// Digest of what it says, as stored.
        said_sha256 of Customer,
        /// Digests of the files that came with it.
        files of Customer,
    }

    /// A counter-notice that goes on or ends.
    struct OfCounter {
        counter_notice: CounterId,
    }

    /// Access should have returned.
    struct CounterLate {
        counter_notice: CounterId,
        #[serde(with = "iso")]
        restore_until: Moment,
    }

    /// The complaining party went to court.
    struct CourtActionReceived {
        counter_notice: CounterId,
        kind: ActionKind,
        #[serde(with = "iso")]
        received: Moment,
        /// It arrived before access had to return.
        in_time: bool,
        /// It stops the put-back.
        stops: bool,
        /// Row number of the court action.
        court_action: i64,
    } private {
        docket of Sender,
        /// Digest of what it says, as stored.
        sha256 of Sender,
        /// Digests of the files that came with it.
        files of Sender,
    }
}
