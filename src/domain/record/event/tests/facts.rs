//! Facts of notices, cases, material and disputes, with everything that they can say.

use crate::domain::base::ids::*;
use crate::domain::base::moment::Moment;
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::Outcome;
use crate::domain::record::event::cases::*;
use crate::domain::record::event::disputes::*;
use crate::domain::record::event::intake::*;
use crate::domain::record::event::material::*;
use crate::domain::record::event::outbox::Receiver;
use crate::domain::regimes::us_512::counter_notice::ActionKind;
use crate::domain::regimes::us_512::elements::Class;

const AT: Moment = Moment(1_780_000_000_000_000);

pub(super) fn bounce_claimed() -> BounceClaimed {
    BounceClaimed {
        submission: 4,
        letter: LetterId(6),
        receiver: Receiver::Sender,
        why: "why".to_owned(),
        answer: "secret answer".into(),
    }
}

pub(super) fn case_answered() -> CaseAnswered {
    CaseAnswered {
        answer: AnswerKind::ALL[0],
        response: 4,
        sha256: "secret sha256".into(),
        files: "secret files".into(),
    }
}

pub(super) fn case_closed() -> CaseClosed {
    CaseClosed { outcome: Outcome::Removed, reason: "secret reason".into() }
}

pub(super) fn case_count() -> CaseCount {
    CaseCount { cases: 3 }
}

pub(super) fn case_note() -> CaseNote {
    CaseNote { reason: "secret reason".into() }
}

pub(super) fn case_opened() -> CaseOpened {
    CaseOpened {
        notice: "notice".to_owned(),
        locations: 3,
        also_in: vec!["also_in".to_owned()],
        instead_of: Some("instead_of".to_owned()),
        customer: "secret customer".into(),
    }
}

pub(super) fn case_reached() -> CaseReached {
    CaseReached {
        by: "by".to_owned(),
        at: AT,
        letter: Some(LetterId(6)),
        deadline: Some(AT),
        delay: Some("delay".to_owned()),
        reason: "secret reason".into(),
    }
}

pub(super) fn case_withdrawn() -> CaseWithdrawn {
    CaseWithdrawn { locations: 3, reason: "secret reason".into() }
}

pub(super) fn clock_stopped() -> ClockStopped {
    ClockStopped { letter: LetterId(6) }
}

pub(super) fn contact_count() -> ContactCount {
    ContactCount { contacts: 3 }
}

pub(super) fn counter_late() -> CounterLate {
    CounterLate { counter_notice: CounterId(6), restore_until: AT }
}

pub(super) fn counter_received() -> CounterReceived {
    CounterReceived {
        counter_notice: CounterId(6),
        submission: 4,
        locations: 3,
        received: AT,
        restore_from: AT,
        restore_until: AT,
        on_paper: true,
        sha256: "secret sha256".into(),
        said_sha256: "secret said_sha256".into(),
        files: "secret files".into(),
    }
}

pub(super) fn court_action_received() -> CourtActionReceived {
    CourtActionReceived {
        counter_notice: CounterId(6),
        kind: ActionKind::Court,
        received: AT,
        in_time: true,
        stops: true,
        court_action: 4,
        docket: "secret docket".into(),
        sha256: "secret sha256".into(),
        files: "secret files".into(),
    }
}

pub(super) fn deadline_moved() -> DeadlineMoved {
    DeadlineMoved { deadline: AT, reason: "secret reason".into() }
}

pub(super) fn links_ended() -> LinksEnded {
    LinksEnded { links: 3, reason: "secret reason".into() }
}

pub(super) fn locations() -> Locations {
    Locations { count: 3, locations: vec![1, 2], reason: "secret reason".into() }
}

pub(super) fn mail_noted() -> MailNoted {
    MailNoted { submission: 4, letter: Some(LetterId(6)) }
}

pub(super) fn not_confirmed() -> NotConfirmed {
    NotConfirmed { locations: 3 }
}

pub(super) fn notice_received() -> NoticeReceived {
    NoticeReceived {
        channel: "channel".to_owned(),
        format: "format".to_owned(),
        class: Class::Complete,
        findings: vec!["findings".to_owned()],
        locations: 3,
        hosted: 3,
        signals: vec!["signals".to_owned()],
        cures: Some(NoticeId(6)),
        repeats: Some(NoticeId(6)),
        sha256: "secret sha256".into(),
    }
}

pub(super) fn notice_withdrawn() -> NoticeWithdrawn {
    NoticeWithdrawn {
        via: "via".to_owned(),
        locations: 3,
        whole: true,
        sha256: "secret sha256".into(),
        reason: "secret reason".into(),
    }
}

pub(super) fn of_counter() -> OfCounter {
    OfCounter { counter_notice: CounterId(6) }
}

pub(super) fn of_submission() -> OfSubmission {
    OfSubmission { submission: 4 }
}

pub(super) fn probe_asked() -> ProbeAsked {
    ProbeAsked { count: 3 }
}

pub(super) fn probe_done() -> ProbeDone {
    ProbeDone { location: 4, outcome: "outcome".to_owned(), status: Some(404) }
}

pub(super) fn retraction_received() -> RetractionReceived {
    RetractionReceived { submission: 4, proved: true }
}

pub(super) fn review_done() -> ReviewDone {
    ReviewDone { review: 4, kind: "kind".to_owned() }
}

pub(super) fn submission_unreadable() -> SubmissionUnreadable {
    SubmissionUnreadable { submission: 4, channel: "channel".to_owned() }
}

pub(super) fn unconfirmed() -> Unconfirmed {
    Unconfirmed { denied: true }
}
