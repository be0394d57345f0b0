//! Facts about strikes, decisions and the policy.

use super::codes::iso;
use crate::domain::base::ids::{CaseId, DecisionId, PolicyVersion, StrikeId};
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::decision::DecisionKind;
use crate::domain::enforcement::standing::Standing;

facts! {
    /// A strike counts.
    struct StrikeCounted {
        strike: StrikeId,
        /// Reference of the case.
        case: String,
        policy: PolicyVersion,
        /// Until when it counts.
        #[serde(with = "iso")]
        expires: Moment,
    }

    /// A case belongs to an incident that counts already.
    struct StrikeJoined {
        strike: StrikeId,
        /// Reference of the case.
        case: String,
    }

    /// A strike stands on another case of its incident.
    struct StrikeHandedOver {
        strike: StrikeId,
        case: CaseId,
    } private {
        reason of Customer,
    }

    /// A strike was taken out of the count.
    struct StrikeVoided {
        strike: StrikeId,
    } private {
        reason of Customer,
    }

    /// A strike no longer counts: its time is over.
    struct StrikeExpired {
        strike: StrikeId,
    }

    /// The policy asks for a decision about a customer.
    struct CustomerFlagged {
        policy: PolicyVersion,
        /// In words, with their figures.
        reasons: Vec<String>,
    }

    /// A customer's standing is another one.
    struct CustomerStanding {
        standing: Standing,
        decision: DecisionId,
    }

    /// A decision was proposed, or made.
    struct DecisionTaken {
        decision: DecisionId,
        kind: DecisionKind,
        policy: PolicyVersion,
        active_strikes: u32,
    } private {
        reason of Customer,
    }

    /// A second person agreed or did not agree.
    struct DecisionSettled {
        decision: DecisionId,
        kind: DecisionKind,
    } private {
        reason of Customer,
    }

    /// A version of the policy came into force.
    struct PolicyPublished {
        version: PolicyVersion,
        /// Digest of its text.
        sha256: String,
    } private {
        reason of Actor,
    }
}
