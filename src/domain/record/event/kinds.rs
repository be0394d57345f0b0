//! Every kind of event: its variant, its facts, its code.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::access::*;
use super::cases::*;
use super::customers::*;
use super::disputes::*;
use super::enforcement::*;
use super::facts::{Beside, Facts, Nothing, plain};
use super::intake::*;
use super::material::*;
use super::outbox::*;
use super::private::{Private, Whose};
use super::record::*;
use super::senders::*;

macro_rules! events {
    ($( $variant:ident($facts:ty) = $code:literal, )+) => {
        /// What happened, with its facts.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $( #[doc = concat!("`", $code, "`")] $variant($facts), )+
        }

        /// What happened, without its facts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventKind {
            $( #[doc = concat!("`", $code, "`")] $variant, )+
        }

        impl EventKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The stable code, as stored, hashed and in the API.
            pub fn code(self) -> &'static str {
                match self { $( Self::$variant => $code, )+ }
            }
        }

        impl FromStr for EventKind {
            type Err = ();
            fn from_str(code: &str) -> Result<Self, ()> {
                match code { $( $code => Ok(Self::$variant), )+ _ => Err(()) }
            }
        }

        impl Event {
            /// The codes of all kinds.
            pub const KINDS: &'static [&'static str] = &[ $( $code, )+ ];

            /// Its kind.
            pub fn kind(&self) -> EventKind {
                match self { $( Self::$variant(_) => EventKind::$variant, )+ }
            }

            pub(super) fn plain(&self, beside: &Beside) -> Result<String, serde_json::Error> {
                match self { $( Self::$variant(facts) => plain(facts, beside), )+ }
            }

            pub(super) fn parse(kind: EventKind, facts: Map<String, Value>) -> Result<Self, serde_json::Error> {
                let facts = Value::Object(facts);
                Ok(match kind { $( EventKind::$variant => Self::$variant(serde_json::from_value(facts)?), )+ })
            }

            /// Its private values: name, whom it concerns, value.
            pub fn private(&self) -> Vec<(&'static str, Whose, &Private)> {
                match self { $( Self::$variant(facts) => facts.private(), )+ }
            }

            pub(super) fn set(&mut self, name: &str, value: Private) -> bool {
                match self { $( Self::$variant(facts) => facts.set(name, value), )+ }
            }
        }
    };
}

events! {
    NoticeReceived(NoticeReceived) = "notice.received",
    NoticeCompletedByStaff(OfSubmission) = "notice.completed_by_staff",
    NoticeConfirmed(CaseCount) = "notice.confirmed",
    NoticeRetractionReceived(RetractionReceived) = "notice.retraction_received",
    NoticeStoodUp(CaseCount) = "notice.stood_up",
    NoticeWithdrawn(NoticeWithdrawn) = "notice.withdrawn",
    SubmissionUnreadable(SubmissionUnreadable) = "submission.unreadable",
    MailReceived(MailNoted) = "mail.received",
    MailReply(MailNoted) = "mail.reply",
    MailAutoReply(MailNoted) = "mail.auto_reply",
    MailRecorded(MailNoted) = "mail.recorded",
    MailClaimed(MailNoted) = "mail.claimed",
    MailComplaint(MailNoted) = "mail.complaint",
    MailBounceClaimed(BounceClaimed) = "mail.bounce_claimed",
    MailCompleted(OfSubmission) = "mail.completed",

    CaseOpened(CaseOpened) = "case.opened",
    CaseConfirmed(Nothing) = "case.confirmed",
    CaseUnconfirmed(Unconfirmed) = "case.unconfirmed",
    CaseNoContact(Nothing) = "case.no_contact",
    CaseForwarded(ContactCount) = "case.forwarded",
    CaseNextContact(ContactCount) = "case.next_contact",
    CaseSentAgain(ContactCount) = "case.sent_again",
    CaseReached(CaseReached) = "case.reached",
    CaseNotReached(Nothing) = "case.not_reached",
    CaseClockStopped(ClockStopped) = "case.clock_stopped",
    CaseReminded(ContactCount) = "case.reminded",
    CaseLinkRenewed(Nothing) = "case.link_renewed",
    CaseLinksEnded(LinksEnded) = "case.links_ended",
    CaseDeadlineMoved(DeadlineMoved) = "case.deadline_moved",
    CaseAnswered(CaseAnswered) = "case.answered",
    CaseUnanswered(Nothing) = "case.unanswered",
    CaseClosed(CaseClosed) = "case.closed",
    CaseNotConfirmed(NotConfirmed) = "case.not_confirmed",
    CaseNote(CaseNote) = "case.note",
    CaseWithdrawn(CaseWithdrawn) = "case.withdrawn",
    ReviewDone(ReviewDone) = "review.done",

    LocationDisableRequested(Locations) = "location.disable_requested",
    LocationDisabled(Locations) = "location.disabled",
    LocationReleased(Locations) = "location.released",
    LocationRestoreRequested(Locations) = "location.restore_requested",
    LocationRestored(Locations) = "location.restored",
    LocationReturned(Nothing) = "location.returned",
    ProbeAsked(ProbeAsked) = "probe.asked",
    ProbeDone(ProbeDone) = "probe.done",

    CounterNoticeReceived(CounterReceived) = "counter_notice.received",
    CounterNoticeDue(OfCounter) = "counter_notice.due",
    CounterNoticeSustained(OfCounter) = "counter_notice.sustained",
    CounterNoticeMoot(OfCounter) = "counter_notice.moot",
    CounterNoticeAlarm(CounterLate) = "counter_notice.alarm",
    CounterNoticeMissed(CounterLate) = "counter_notice.missed",
    CourtActionReceived(CourtActionReceived) = "court_action.received",

    StrikeCounted(StrikeCounted) = "strike.counted",
    StrikeJoined(StrikeJoined) = "strike.joined",
    StrikeHandedOver(StrikeHandedOver) = "strike.handed_over",
    StrikeVoided(StrikeVoided) = "strike.voided",
    StrikeExpired(StrikeExpired) = "strike.expired",
    CustomerFlagged(CustomerFlagged) = "customer.flagged",
    CustomerStanding(CustomerStanding) = "customer.standing",
    DecisionProposed(DecisionTaken) = "decision.proposed",
    DecisionMade(DecisionTaken) = "decision.made",
    DecisionApproved(DecisionSettled) = "decision.approved",
    DecisionRejected(DecisionSettled) = "decision.rejected",
    PolicyPublished(PolicyPublished) = "policy.published",

    SenderSet(SenderSet) = "sender.set",
    CustomerAdded(CustomerPut) = "customer.added",
    CustomerChanged(CustomerPut) = "customer.changed",
    CustomerImported(CustomerImported) = "customer.imported",
    CustomerContactsChanged(ContactsChanged) = "customer.contacts_changed",
    CustomerAssetsChanged(AssetsChanged) = "customer.assets_changed",
    CustomerAssetsTakenOver(AssetsTakenOver) = "customer.assets_taken_over",

    LetterAccepted(LetterSettled) = "letter.accepted",
    LetterFailed(LetterSettled) = "letter.failed",
    LetterBounced(LetterBounced) = "letter.bounced",
    LetterRetried(OfLetter) = "letter.retried",
    LetterGathered(LetterHeld) = "letter.gathered",
    LetterWithheld(LetterHeld) = "letter.withheld",
    LetterSentGathered(SentGathered) = "letter.sent_gathered",
    WebhookAdded(OfEndpoint) = "webhook.added",
    WebhookSecretRotated(OfEndpoint) = "webhook.secret_rotated",
    WebhookEnabled(OfEndpoint) = "webhook.enabled",
    WebhookDisabled(OfEndpoint) = "webhook.disabled",
    WebhookReplayed(WebhookReplayed) = "webhook.replayed",

    EvidenceExported(EvidenceExported) = "evidence.exported",
    ValuesForgotten(ValuesForgotten) = "values.forgotten",
    ClockConfirmed(Nothing) = "clock.confirmed",
    ClockBelieved(ClockBelieved) = "clock.believed",

    StaffPut(StaffPut) = "staff.put",
    StaffSignedIn(OfStaff) = "staff.signed_in",
    StaffSecondFactorOn(OfStaff) = "staff.second_factor_on",
    StaffSecondFactorOff(OfStaff) = "staff.second_factor_off",
    StaffSecondFactorReset(OfStaff) = "staff.second_factor_reset",
    StaffRecoveryCodesRenewed(OfStaff) = "staff.recovery_codes_renewed",
    StaffRecoveryCodeUsed(RecoveryCodeUsed) = "staff.recovery_code_used",
    StaffDisabled(OfStaff) = "staff.disabled",
    StaffEnabled(OfStaff) = "staff.enabled",
    StaffRemoved(OfStaff) = "staff.removed",
    ApiKeyMade(KeyMade) = "api_key.made",
    ApiKeyRevoked(OfKey) = "api_key.revoked",
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
