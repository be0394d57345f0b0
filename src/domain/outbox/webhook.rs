//! What the host's other systems are told by webhook, and how a message is signed (Standard Webhooks).

use std::net::IpAddr;
use std::str::FromStr;

use crate::domain::record::event::EventKind;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WebhookKind {
    NoticeReceived,
    CaseOpened,
    CaseAnswered,
    CaseUnanswered,
    CaseClosed,
    AccountFlagged,
    DecisionMade,
    NoticeWithdrawn,
    DisableRequested,
    RestoreRequested,
    CounterNoticeReceived,
    CourtActionReceived,
    AccessRestored,
}

impl WebhookKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::NoticeReceived,
        Self::CaseOpened,
        Self::CaseAnswered,
        Self::CaseUnanswered,
        Self::CaseClosed,
        Self::AccountFlagged,
        Self::DecisionMade,
        Self::NoticeWithdrawn,
        Self::DisableRequested,
        Self::RestoreRequested,
        Self::CounterNoticeReceived,
        Self::CourtActionReceived,
        Self::AccessRestored,
    ];
    /// As in a message.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoticeReceived => "notice.received",
            Self::CaseOpened => "case.opened",
            Self::CaseAnswered => "case.answered",
            Self::CaseUnanswered => "case.unanswered",
            Self::CaseClosed => "case.closed",
            Self::AccountFlagged => "account.flagged",
            Self::DecisionMade => "decision.made",
            Self::NoticeWithdrawn => "notice.withdrawn",
            Self::DisableRequested => "location.disable_requested",
            Self::RestoreRequested => "location.restore_requested",
            Self::CounterNoticeReceived => "counter_notice.received",
            Self::CourtActionReceived => "court_action.received",
            Self::AccessRestored => "location.restored",
        }
    }
    /// The kind of message that an event of the record causes.
    pub fn of_event(kind: EventKind) -> Option<Self> {
        Some(match kind {
            EventKind::NoticeReceived => Self::NoticeReceived,
            EventKind::NoticeWithdrawn => Self::NoticeWithdrawn,
            EventKind::CaseOpened => Self::CaseOpened,
            EventKind::CaseAnswered => Self::CaseAnswered,
            EventKind::CaseUnanswered => Self::CaseUnanswered,
            EventKind::CaseClosed => Self::CaseClosed,
            EventKind::LocationDisableRequested => Self::DisableRequested,
            EventKind::LocationRestoreRequested => Self::RestoreRequested,
            EventKind::LocationRestored => Self::AccessRestored,
            EventKind::CounterNoticeReceived => Self::CounterNoticeReceived,
            EventKind::CourtActionReceived => Self::CourtActionReceived,
            EventKind::CustomerFlagged => Self::AccountFlagged,
            // By one person where the policy allows it, otherwise with the second one's agreement.
            EventKind::DecisionMade | EventKind::DecisionApproved => Self::DecisionMade,
            EventKind::NoticeCompletedByStaff
            | EventKind::NoticeConfirmed
            | EventKind::NoticeRetractionReceived
            | EventKind::NoticeStoodUp
            | EventKind::SubmissionUnreadable
            | EventKind::MailReceived
            | EventKind::MailReply
            | EventKind::MailAutoReply
            | EventKind::MailRecorded
            | EventKind::MailClaimed
            | EventKind::MailComplaint
            | EventKind::MailBounceClaimed
            | EventKind::MailCompleted
            | EventKind::CaseConfirmed
            | EventKind::CaseUnconfirmed
            | EventKind::CaseNoContact
            | EventKind::CaseForwarded
            | EventKind::CaseNextContact
            | EventKind::CaseSentAgain
            | EventKind::CaseReached
            | EventKind::CaseNotReached
            | EventKind::CaseClockStopped
            | EventKind::CaseReminded
            | EventKind::CaseLinkRenewed
            | EventKind::CaseLinksEnded
            | EventKind::CaseDeadlineMoved
            | EventKind::CaseNotConfirmed
            | EventKind::CaseNote
            | EventKind::CaseWithdrawn
            | EventKind::ReviewDone
            | EventKind::LocationDisabled
            | EventKind::LocationReleased
            | EventKind::LocationReturned
            | EventKind::ProbeAsked
            | EventKind::ProbeDone
            | EventKind::CounterNoticeDue
            | EventKind::CounterNoticeSustained
            | EventKind::CounterNoticeMoot
            | EventKind::CounterNoticeAlarm
            | EventKind::CounterNoticeMissed
            | EventKind::StrikeCounted
            | EventKind::StrikeJoined
            | EventKind::StrikeHandedOver
            | EventKind::StrikeVoided
            | EventKind::StrikeExpired
            | EventKind::CustomerStanding
            | EventKind::DecisionProposed
            | EventKind::DecisionRejected
            | EventKind::PolicyPublished
            | EventKind::SenderSet
            | EventKind::CustomerAdded
            | EventKind::CustomerChanged
            | EventKind::CustomerImported
            | EventKind::CustomerContactsChanged
            | EventKind::CustomerAssetsChanged
            | EventKind::CustomerAssetsTakenOver
            | EventKind::LetterAccepted
            | EventKind::LetterFailed
            | EventKind::LetterBounced
            | EventKind::LetterRetried
            | EventKind::LetterGathered
            | EventKind::LetterWithheld
            | EventKind::LetterSentGathered
            | EventKind::WebhookAdded
            | EventKind::WebhookSecretRotated
            | EventKind::WebhookEnabled
            | EventKind::WebhookDisabled
            | EventKind::WebhookReplayed
            | EventKind::EvidenceExported
            | EventKind::ValuesForgotten
            | EventKind::ClockConfirmed
            | EventKind::ClockBelieved
            | EventKind::StaffPut
            | EventKind::StaffSignedIn
            | EventKind::StaffSecondFactorOn
            | EventKind::StaffSecondFactorOff
            | EventKind::StaffSecondFactorReset
            | EventKind::StaffRecoveryCodesRenewed
            | EventKind::StaffRecoveryCodeUsed
            | EventKind::StaffDisabled
            | EventKind::StaffEnabled
            | EventKind::StaffRemoved
            | EventKind::ApiKeyMade
            | EventKind::ApiKeyRevoked => return None,
        })
    }
}

impl FromStr for WebhookKind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.code() == text).ok_or(())
    }
}

/// Whether an address belongs to the public internet: messages go nowhere else, unless configured.
/// IANA special-purpose address registries, RFC 6890.
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19));
            !special
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let second = v6.segments()[1];
            let global = (first & 0xe000) == 0x2000;
            let translated = first == 0x64 && second == 0xff9b;
            let documentation = first == 0x2001 && second == 0xdb8 || (first & 0xfff0) == 0x3ff0;
            let special = first == 0x2002 || (first == 0x2001 && second < 0x200);
            global && !translated && !documentation && !special
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2001::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn kinds_are_read_and_written_back() {
        for kind in WebhookKind::ALL {
            assert_eq!(kind.code().parse(), Ok(kind));
        }
    }
}
