//! Facts about the record itself.

use super::actor::ActorCode;
use super::codes::iso;
use super::private::Vault;
use crate::domain::base::moment::Moment;

facts! {
    /// An archive of evidence was made.
    struct EvidenceExported {
        /// Digest of its manifest.
        manifest_sha256: String,
    }

    /// Private values of this chain were forgotten.
    struct ValuesForgotten {
        vault: Vault,
        /// How many in this chain.
        count: usize,
        /// The legal basis.
        basis: String,
    }

    /// A clock that had been off is believed again.
    struct ClockBelieved {
        off_seconds: i64,
        /// What it showed.
        #[serde(with = "iso")]
        showed: Moment,
        /// The person who said that it is right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed_by: Option<ActorCode>,
    }
}
