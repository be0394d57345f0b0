//! What an event tells of the rows beside it.

use super::kinds::{Event, EventKind};
use super::material::Locations;
use super::private::{Vault, Whose};
use crate::domain::regimes::us_512::elements::Class;

/// What events of a kind say of stored rows of their case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Nothing.
    Nothing,
    /// Where the case stands.
    State,
    /// Where the case and its locations stand.
    StateAndLocations,
}

impl EventKind {
    /// What an event of this kind says of its case, where it is about one.
    pub fn tells(self) -> Tells {
        match self {
            Self::MailReceived
            | Self::MailReply
            | Self::MailAutoReply
            | Self::MailRecorded
            | Self::MailClaimed
            | Self::MailComplaint
            | Self::MailBounceClaimed
            | Self::MailCompleted
            | Self::ProbeAsked
            | Self::ProbeDone
            | Self::LetterAccepted
            | Self::LetterFailed
            | Self::LetterBounced
            | Self::LetterRetried
            | Self::LetterGathered
            | Self::LetterWithheld
            | Self::LetterSentGathered
            | Self::EvidenceExported => Tells::Nothing,
            Self::CaseAnswered
            | Self::CaseWithdrawn
            | Self::LocationDisableRequested
            | Self::LocationDisabled
            | Self::LocationReleased
            | Self::LocationRestoreRequested
            | Self::LocationRestored
            | Self::LocationReturned => Tells::StateAndLocations,
            Self::NoticeReceived
            | Self::NoticeCompletedByStaff
            | Self::NoticeConfirmed
            | Self::NoticeRetractionReceived
            | Self::NoticeStoodUp
            | Self::NoticeWithdrawn
            | Self::SubmissionUnreadable
            | Self::CaseOpened
            | Self::CaseConfirmed
            | Self::CaseUnconfirmed
            | Self::CaseNoContact
            | Self::CaseForwarded
            | Self::CaseNextContact
            | Self::CaseSentAgain
            | Self::CaseReached
            | Self::CaseNotReached
            | Self::CaseClockStopped
            | Self::CaseReminded
            | Self::CaseLinkRenewed
            | Self::CaseLinksEnded
            | Self::CaseDeadlineMoved
            | Self::CaseUnanswered
            | Self::CaseClosed
            | Self::CaseNotConfirmed
            | Self::CaseNote
            | Self::ReviewDone
            | Self::CounterNoticeReceived
            | Self::CounterNoticeDue
            | Self::CounterNoticeSustained
            | Self::CounterNoticeMoot
            | Self::CounterNoticeAlarm
            | Self::CounterNoticeMissed
            | Self::CourtActionReceived
            | Self::StrikeCounted
            | Self::StrikeJoined
            | Self::StrikeHandedOver
            | Self::StrikeVoided
            | Self::StrikeExpired
            | Self::CustomerFlagged
            | Self::CustomerStanding
            | Self::DecisionProposed
            | Self::DecisionMade
            | Self::DecisionApproved
            | Self::DecisionRejected
            | Self::PolicyPublished
            | Self::SenderSet
            | Self::CustomerAdded
            | Self::CustomerChanged
            | Self::CustomerImported
            | Self::CustomerContactsChanged
            | Self::CustomerAssetsChanged
            | Self::CustomerAssetsTakenOver
            | Self::WebhookAdded
            | Self::WebhookSecretRotated
            | Self::WebhookEnabled
            | Self::WebhookDisabled
            | Self::WebhookReplayed
            | Self::ValuesForgotten
            | Self::ClockConfirmed
            | Self::ClockBelieved
            | Self::StaffPut
            | Self::StaffSignedIn
            | Self::StaffSecondFactorOn
            | Self::StaffSecondFactorOff
            | Self::StaffSecondFactorReset
            | Self::StaffRecoveryCodesRenewed
            | Self::StaffRecoveryCodeUsed
            | Self::StaffDisabled
            | Self::StaffEnabled
            | Self::StaffRemoved
            | Self::ApiKeyMade
            | Self::ApiKeyRevoked => Tells::State,
        }
    }
}

impl Event {
    /// Row number of the submission that it names.
    pub fn submission(&self) -> Option<i64> {
        self.names_submission().map(|(id, _)| id)
    }

    /// The locations that it names by their row numbers.
    pub fn locations(&self) -> Option<&Locations> {
        match self {
            Self::LocationDisableRequested(facts)
            | Self::LocationDisabled(facts)
            | Self::LocationReleased(facts)
            | Self::LocationRestoreRequested(facts)
            | Self::LocationRestored(facts) => Some(facts),
            _ => None,
        }
    }

    /// Whose the digest of that submission is.
    pub(super) fn submission_whose(&self) -> Whose {
        match self.names_submission() {
            Some((_, Some(whose))) => whose,
            Some((id, None)) => Whose::Exactly(Vault::submission(id)),
            None => Whose::Actor,
        }
    }

    /// The submission that it names, and whose that is where its kind says so.
    fn names_submission(&self) -> Option<(i64, Option<Whose>)> {
        match self {
            Self::NoticeCompletedByStaff(facts) => Some((facts.submission, Some(Whose::Sender))),
            Self::NoticeRetractionReceived(facts) => Some((facts.submission, Some(Whose::Sender))),
            Self::CounterNoticeReceived(facts) => Some((facts.submission, Some(Whose::Customer))),
            Self::MailCompleted(facts) => Some((facts.submission, None)),
            Self::SubmissionUnreadable(facts) => Some((facts.submission, None)),
            Self::MailBounceClaimed(facts) => Some((facts.submission, None)),
            Self::LetterBounced(facts) => Some((facts.submission, None)),
            Self::MailReceived(facts)
            | Self::MailReply(facts)
            | Self::MailAutoReply(facts)
            | Self::MailRecorded(facts)
            | Self::MailClaimed(facts)
            | Self::MailComplaint(facts) => Some((facts.submission, None)),
            Self::NoticeReceived(_)
            | Self::NoticeConfirmed(_)
            | Self::NoticeStoodUp(_)
            | Self::NoticeWithdrawn(_)
            | Self::CaseOpened(_)
            | Self::CaseConfirmed(_)
            | Self::CaseUnconfirmed(_)
            | Self::CaseNoContact(_)
            | Self::CaseForwarded(_)
            | Self::CaseNextContact(_)
            | Self::CaseSentAgain(_)
            | Self::CaseReached(_)
            | Self::CaseNotReached(_)
            | Self::CaseClockStopped(_)
            | Self::CaseReminded(_)
            | Self::CaseLinkRenewed(_)
            | Self::CaseLinksEnded(_)
            | Self::CaseDeadlineMoved(_)
            | Self::CaseAnswered(_)
            | Self::CaseUnanswered(_)
            | Self::CaseClosed(_)
            | Self::CaseNotConfirmed(_)
            | Self::CaseNote(_)
            | Self::CaseWithdrawn(_)
            | Self::ReviewDone(_)
            | Self::LocationDisableRequested(_)
            | Self::LocationDisabled(_)
            | Self::LocationReleased(_)
            | Self::LocationRestoreRequested(_)
            | Self::LocationRestored(_)
            | Self::LocationReturned(_)
            | Self::ProbeAsked(_)
            | Self::ProbeDone(_)
            | Self::CounterNoticeDue(_)
            | Self::CounterNoticeSustained(_)
            | Self::CounterNoticeMoot(_)
            | Self::CounterNoticeAlarm(_)
            | Self::CounterNoticeMissed(_)
            | Self::CourtActionReceived(_)
            | Self::StrikeCounted(_)
            | Self::StrikeJoined(_)
            | Self::StrikeHandedOver(_)
            | Self::StrikeVoided(_)
            | Self::StrikeExpired(_)
            | Self::CustomerFlagged(_)
            | Self::CustomerStanding(_)
            | Self::DecisionProposed(_)
            | Self::DecisionMade(_)
            | Self::DecisionApproved(_)
            | Self::DecisionRejected(_)
            | Self::PolicyPublished(_)
            | Self::SenderSet(_)
            | Self::CustomerAdded(_)
            | Self::CustomerChanged(_)
            | Self::CustomerImported(_)
            | Self::CustomerContactsChanged(_)
            | Self::CustomerAssetsChanged(_)
            | Self::CustomerAssetsTakenOver(_)
            | Self::LetterAccepted(_)
            | Self::LetterFailed(_)
            | Self::LetterRetried(_)
            | Self::LetterGathered(_)
            | Self::LetterWithheld(_)
            | Self::LetterSentGathered(_)
            | Self::WebhookAdded(_)
            | Self::WebhookSecretRotated(_)
            | Self::WebhookEnabled(_)
            | Self::WebhookDisabled(_)
            | Self::WebhookReplayed(_)
            | Self::EvidenceExported(_)
            | Self::ValuesForgotten(_)
            | Self::ClockConfirmed(_)
            | Self::ClockBelieved(_)
            | Self::StaffPut(_)
            | Self::StaffSignedIn(_)
            | Self::StaffSecondFactorOn(_)
            | Self::StaffSecondFactorOff(_)
            | Self::StaffSecondFactorReset(_)
            | Self::StaffRecoveryCodesRenewed(_)
            | Self::StaffRecoveryCodeUsed(_)
            | Self::StaffDisabled(_)
            | Self::StaffEnabled(_)
            | Self::StaffRemoved(_)
            | Self::ApiKeyMade(_)
            | Self::ApiKeyRevoked(_) => None,
        }
    }
}

/// What is counted of an event in the figures of a process: nothing that names anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub kind: EventKind,
    /// Channel and class of a notice that arrived.
    pub notice: Option<(String, Class)>,
}

impl Event {
    /// What is counted of it.
    pub fn label(&self) -> Label {
        let notice = match self {
            Self::NoticeReceived(facts) => Some((facts.channel.clone(), facts.class)),
            _ => None,
        };
        Label { kind: self.kind(), notice }
    }
}
