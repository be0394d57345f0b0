//! The other facts, with everything that they can say.

use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::*;
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::decision::DecisionKind;
use crate::domain::enforcement::standing::Standing;
use crate::domain::record::event::access::*;
use crate::domain::record::event::customers::*;
use crate::domain::record::event::enforcement::*;
use crate::domain::record::event::outbox::*;
use crate::domain::record::event::record::*;
use crate::domain::record::event::senders::*;
use crate::domain::record::event::{ActorCode, Vault};
use crate::domain::senders::sender::Setting;

const AT: Moment = Moment(1_780_000_000_000_000);

pub(super) fn assets_changed() -> AssetsChanged {
    AssetsChanged { put: 3, ended: 3 }
}

pub(super) fn assets_taken_over() -> AssetsTakenOver {
    AssetsTakenOver {
        from_id: CustomerId(6),
        to_id: CustomerId(6),
        count: 3,
        from: "secret from".into(),
        to: "secret to".into(),
        assets: "secret assets".into(),
    }
}

pub(super) fn clock_believed() -> ClockBelieved {
    ClockBelieved { off_seconds: 4, showed: AT, confirmed_by: Some(ActorCode::Staff(StaffId(7))) }
}

pub(super) fn contacts_changed() -> ContactsChanged {
    ContactsChanged { put: 3, removed: 3 }
}

pub(super) fn customer_flagged() -> CustomerFlagged {
    CustomerFlagged { policy: PolicyVersion(5), reasons: vec!["reasons".to_owned()] }
}

pub(super) fn customer_imported() -> CustomerImported {
    CustomerImported { contacts: 3, assets: 3 }
}

pub(super) fn customer_put() -> CustomerPut {
    CustomerPut { segment: "segment".to_owned() }
}

pub(super) fn customer_standing() -> CustomerStanding {
    CustomerStanding { standing: Standing::Flagged, decision: DecisionId(6) }
}

pub(super) fn decision_settled() -> DecisionSettled {
    DecisionSettled { decision: DecisionId(6), kind: DecisionKind::Warn, reason: "secret reason".into() }
}

pub(super) fn decision_taken() -> DecisionTaken {
    DecisionTaken {
        decision: DecisionId(6),
        kind: DecisionKind::Warn,
        policy: PolicyVersion(5),
        active_strikes: 2,
        reason: "secret reason".into(),
    }
}

pub(super) fn evidence_exported() -> EvidenceExported {
    EvidenceExported { manifest_sha256: "manifest_sha256".to_owned() }
}

pub(super) fn key_made() -> KeyMade {
    KeyMade { key: ApiKeyId(6), scopes: "scopes".to_owned(), name: "secret name".into() }
}

pub(super) fn letter_bounced() -> LetterBounced {
    LetterBounced {
        letter: LetterId(6),
        kind: "kind".to_owned(),
        receiver: Receiver::Sender,
        submission: 4,
        answer: "secret answer".into(),
    }
}

pub(super) fn letter_held() -> LetterHeld {
    LetterHeld { letter: LetterId(6), kind: "kind".to_owned() }
}

pub(super) fn letter_settled() -> LetterSettled {
    LetterSettled {
        letter: LetterId(6),
        kind: "kind".to_owned(),
        receiver: Receiver::Sender,
        answer: "secret answer".into(),
        sha256: "secret sha256".into(),
    }
}

pub(super) fn of_endpoint() -> OfEndpoint {
    OfEndpoint { endpoint: EndpointId(6) }
}

pub(super) fn of_key() -> OfKey {
    OfKey { key: ApiKeyId(6) }
}

pub(super) fn of_letter() -> OfLetter {
    OfLetter { letter: LetterId(6) }
}

pub(super) fn of_staff() -> OfStaff {
    OfStaff { staff: StaffId(6) }
}

pub(super) fn policy_published() -> PolicyPublished {
    PolicyPublished { version: PolicyVersion(5), sha256: "sha256".to_owned(), reason: "secret reason".into() }
}

pub(super) fn recovery_code_used() -> RecoveryCodeUsed {
    RecoveryCodeUsed { staff: StaffId(6), left: 4 }
}

pub(super) fn sender_set() -> SenderSet {
    SenderSet { setting: Setting::Trusted, reason: "secret reason".into() }
}

pub(super) fn sent_gathered() -> SentGathered {
    SentGathered { letters: 3 }
}

pub(super) fn staff_put() -> StaffPut {
    StaffPut { staff: StaffId(6), role: StaffRole::Admin }
}

pub(super) fn strike_counted() -> StrikeCounted {
    StrikeCounted { strike: StrikeId(6), case: "case".to_owned(), policy: PolicyVersion(5), expires: AT }
}

pub(super) fn strike_expired() -> StrikeExpired {
    StrikeExpired { strike: StrikeId(6) }
}

pub(super) fn strike_handed_over() -> StrikeHandedOver {
    StrikeHandedOver { strike: StrikeId(6), case: CaseId(6), reason: "secret reason".into() }
}

pub(super) fn strike_joined() -> StrikeJoined {
    StrikeJoined { strike: StrikeId(6), case: "case".to_owned() }
}

pub(super) fn strike_voided() -> StrikeVoided {
    StrikeVoided { strike: StrikeId(6), reason: "secret reason".into() }
}

pub(super) fn values_forgotten() -> ValuesForgotten {
    ValuesForgotten { vault: Vault::customer(CustomerId(4)), count: 3, basis: "basis".to_owned() }
}

pub(super) fn webhook_replayed() -> WebhookReplayed {
    WebhookReplayed { delivery: 4 }
}
