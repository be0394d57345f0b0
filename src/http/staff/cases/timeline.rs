//! Events and letters of a case or customer, put into words, newest first.

use crate::domain::base::moment::{Moment, plural};
use crate::domain::cases::reached::ContactWay;
use crate::domain::record::event::cases::CaseReached;
use crate::domain::record::event::disputes::CounterReceived;
use crate::domain::record::event::material::ProbeDone;
use crate::domain::record::event::{Event, EventKind};
use crate::storage::cases::reviews::ReviewKind;
use crate::storage::outbox::letters::LetterRow;
use crate::storage::record::events::RecordedEvent;

/// One entry of a timeline.
pub(in crate::http::staff) struct Entry {
    pub at: Moment,
    pub words: String,
    pub reason: String,
    pub who: String,
    pub letter: Option<LetterLine>,
    /// The mail it is about.
    pub submission: Option<i64>,
}

/// A letter in a timeline.
pub(in crate::http::staff) struct LetterLine {
    pub id: i64,
    pub to: String,
    pub mark: &'static str,
    pub word: String,
}

/// Words for the kinds of letters.
pub(in crate::http::staff) fn letter_name(kind: &str) -> &'static str {
    match kind {
        "notice_to_customer" => "Notice to customer",
        "reminder" => "Reminder",
        "acknowledgement" => "Acknowledgement",
        "missing_elements" => "Missing elements",
        "answer_copy" => "Copy of the answer",
        "confirm_resolution" => "Question to the complainant",
        "new_link" => "New link",
        "deadline_moved" => "New deadline",
        "decision" => "Decision",
        "mail_received" => "Receipt for an email",
        "access_disabled" => "Access disabled, to the customer",
        "access_restored" => "Access restored",
        "case_outcome" => "Outcome, to the complainant",
        "confirm_address" => "Request to confirm the address",
        "counter_notice_copy" => "Copy of the counter-notice, to the complainant",
        "counter_notice_received" => "Receipt for the counter-notice",
        "court_action_received" => "Court action",
        "withdrawal" => "Withdrawal",
        "gathered" => "Several letters in one",
        _ => "Letter",
    }
}

/// Mark and word for a delivery state. An accepted letter is never called delivered or read.
pub(in crate::http::staff) fn delivery(letter: &LetterRow) -> (&'static str, &'static str) {
    match letter.state.as_str() {
        "accepted" => ("sent", "Accepted"),
        "deferred" => ("deferred", "Deferred"),
        "failed" => ("bounced", "Refused"),
        "bounced" => ("bounced", "Bounced"),
        "sending" => ("queued", "Sending"),
        "withheld" => ("deferred", "Withheld"),
        "gathered" => ("queued", "Gathered"),
        _ => ("queued", "Queued"),
    }
}

/// Merges events and letters, newest first.
pub(in crate::http::staff) fn merge(events: &[RecordedEvent], letters: &[LetterRow]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = events.iter().filter(|event| has_entry(event)).map(entry).collect();
    entries.extend(letters.iter().map(|letter| {
        let (mark, word) = delivery(letter);
        let when =
            letter.bounced_at.or(letter.settled_at).map(|at| format!(" {}", Moment(at).stamp())).unwrap_or_default();
        let answer = if letter.state == "accepted" || letter.latest_answer().is_empty() {
            String::new()
        } else {
            format!(": {}", letter.latest_answer())
        };
        Entry {
            at: Moment(letter.created_at),
            words: letter_name(&letter.kind).to_owned(),
            reason: String::new(),
            who: "Safeharbor".to_owned(),
            letter: Some(LetterLine {
                id: letter.id,
                to: letter.to_address.clone(),
                mark,
                word: format!("{word}{when}{answer}"),
            }),
            submission: None,
        }
    }));
    entries.sort_by_key(|e| std::cmp::Reverse(e.at));
    entries
}

fn entry(event: &RecordedEvent) -> Entry {
    Entry {
        at: Moment(event.row.at),
        words: event.event().map_or_else(|| event.row.kind.clone(), words),
        reason: event.reason(),
        who: event.actor.clone(),
        letter: None,
        submission: event.event().and_then(Event::submission),
    }
}

/// Whether an event has an entry of its own; those about a letter are shown with the letter.
fn has_entry(event: &RecordedEvent) -> bool {
    match event.event() {
        Some(event) => !matches!(
            event.kind(),
            EventKind::LetterAccepted
                | EventKind::LetterFailed
                | EventKind::LetterBounced
                | EventKind::LetterRetried
                | EventKind::LetterGathered
                | EventKind::LetterWithheld
        ),
        None => !event.row.kind.starts_with("letter."),
    }
}

/// An event in plain words.
#[expect(clippy::too_many_lines, reason = "one line for each kind, so that none is forgotten")]
pub(in crate::http::staff) fn words(event: &Event) -> String {
    let fixed = match event {
        Event::NoticeReceived(f) => return format!("Notice received by {}: {}", f.channel, f.class.code()),
        Event::NoticeWithdrawn(f) => return format!("Withdrawn by {}: {}", f.via, count(f.locations, "URL")),
        Event::NoticeCompletedByStaff(_) => "Completed by staff from the message",
        Event::NoticeRetractionReceived(_) => "The sender writes that it is withdrawn",
        Event::NoticeStoodUp(_) => "The notice it repeated was withdrawn; this one now stands on its own",
        Event::SubmissionUnreadable(_) => "A submission could not be read",
        Event::MailReceived(_) => "A letter came by mail",
        Event::MailReply(_) => "Answer by mail",
        Event::MailAutoReply(_) => "Automatic answer by mail",
        Event::MailRecorded(_) => "Mail recorded",
        Event::MailClaimed(_) => "A mail names this; its sender is not known here",
        Event::MailComplaint(_) => "The receiver’s provider passed on a spam complaint about a letter",
        Event::MailBounceClaimed(f) => return format!("Said to be a bounce, not confirmed: {}", f.why),
        Event::MailCompleted(_) => "A letter was completed by staff",
        Event::CaseOpened(f) => {
            return format!("Case opened from {} and matched to account {}", f.notice, f.customer.shown());
        }
        Event::CaseForwarded(f) => return format!("Notice forwarded to {}", count(f.contacts, "contact")),
        Event::CaseNextContact(f) => {
            let further = count(f.contacts, "further contact");
            return format!("A contact could not be reached; the notice went to {further}");
        }
        Event::CaseSentAgain(f) => return format!("The notice was sent again to {}", count(f.contacts, "contact")),
        Event::CaseReached(f) => return reached(f),
        Event::CaseReminded(f) => return format!("Reminder to {}", count(f.contacts, "contact")),
        Event::CaseDeadlineMoved(f) => return format!("Deadline moved to {}", f.deadline.long()),
        Event::CaseAnswered(f) => return format!("Answer recorded: {}", f.answer.label()),
        Event::CaseClosed(f) => return format!("Case closed: {}", f.outcome.label().to_lowercase()),
        Event::CaseNotConfirmed(f) => {
            return format!("Not confirmed within a day: {}", count(f.locations, "URL"));
        }
        Event::CaseWithdrawn(f) => return format!("The complainant withdrew {}", count(f.locations, "URL")),
        Event::CaseLinksEnded(f) => return format!("{} ended", count(f.links, "private link")),
        Event::CaseConfirmed(_) => "The sender confirmed the notice",
        Event::NoticeConfirmed(_) => "The sender confirmed the email address",
        Event::CaseUnconfirmed(f) if f.denied => "The owner of the email address did not send the notice",
        Event::CaseUnconfirmed(_) => "The sender did not confirm the email address in time",
        Event::CaseNoContact(_) => "Held: the account has no contact",
        Event::CaseNotReached(_) => "No one has been reached; no deadline yet",
        Event::CaseClockStopped(_) => "The letter came back; the deadline no longer runs, and no strike counts",
        Event::CaseLinkRenewed(_) => "New link requested; earlier links revoked",
        Event::CaseUnanswered(_) => "Deadline passed without an answer",
        Event::CaseNote(_) => "Note",
        Event::ReviewDone(f) => return format!("Review done: {}", review(&f.kind)),

        Event::LocationDisableRequested(f) => {
            return format!("The host’s systems were asked to disable {}", count(f.count, "URL"));
        }
        Event::LocationDisabled(f) => return format!("Access disabled to {}", count(f.count, "URL")),
        Event::LocationReleased(f) => return format!("Another notice keeps {} disabled", count(f.count, "URL")),
        Event::LocationRestoreRequested(f) => return format!("To be restored: {}", count(f.count, "URL")),
        Event::LocationRestored(f) => return format!("Access restored to {}", count(f.count, "URL")),
        Event::LocationReturned(_) => "Access returned with that of another case",
        Event::ProbeAsked(f) => return format!("A check of {} was requested", count(f.count, "URL")),
        Event::ProbeDone(f) => return probed(f),

        Event::CounterNoticeReceived(f) => return disputed(f),
        Event::CounterNoticeDue(_) => "Ten business days after the counter-notice are over",
        Event::CounterNoticeSustained(_) => "The counter-notice’s waiting period ended",
        Event::CounterNoticeMoot(_) => "The counter-notice has nothing left to dispute",
        Event::CounterNoticeAlarm(_) => "Warning: the thirteenth business day has begun",
        Event::CounterNoticeMissed(_) => "The fourteenth business day is over and access was not restored",
        Event::CourtActionReceived(f) => return format!("Court action reported: {}", f.docket.shown()),

        Event::StrikeCounted(f) => {
            return format!("Strike counted for {}; counts until {}", f.case, f.expires.long());
        }
        Event::StrikeJoined(f) => return format!("{} belongs to an earlier incident: no further strike", f.case),
        Event::StrikeHandedOver(_) => "Strike stands on another case of the same incident",
        Event::StrikeVoided(_) => "Strike voided",
        Event::StrikeExpired(_) => "Strike expired",
        Event::CustomerFlagged(f) => return format!("Flagged under policy version {}", f.policy),
        Event::CustomerStanding(f) => return format!("Standing is now {}", f.standing.code()),
        Event::DecisionProposed(f) => return format!("Decision proposed: {}", f.kind.label().to_lowercase()),
        Event::DecisionMade(f) => return format!("Decided: {}", f.kind.label().to_lowercase()),
        Event::DecisionApproved(f) => return format!("Approved by a second person: {}", f.kind.label().to_lowercase()),
        Event::DecisionRejected(f) => {
            return format!("Not approved by the second person: {}", f.kind.label().to_lowercase());
        }
        Event::PolicyPublished(f) => return format!("Version {} of the policy published", f.version),
        Event::SenderSet(f) => return format!("Set to {}", f.setting.code()),

        Event::CustomerAdded(f) => return format!("Account added, segment {}", f.segment),
        Event::CustomerChanged(f) => return format!("Account changed, segment {}", f.segment),
        Event::CustomerImported(f) => {
            return format!("Import changed {} and {}", count(f.contacts, "contact"), count(f.assets, "asset"));
        }
        Event::CustomerContactsChanged(f) => {
            return format!("Contacts changed: {} put, {} removed", f.put, f.removed);
        }
        Event::CustomerAssetsChanged(f) => return format!("Assets changed: {} put, {} ended", f.put, f.ended),
        Event::CustomerAssetsTakenOver(f) => {
            let (from, to, assets) = (f.from.shown(), f.to.shown(), f.assets.shown());
            return format!("{} assets moved from {from} to {to}: {assets}", f.count);
        }

        Event::LetterAccepted(_) => "A letter was delivered to the mail server",
        Event::LetterFailed(_) => "A mail server refused a letter",
        Event::LetterBounced(_) => "A letter came back",
        Event::LetterRetried(_) => "A letter is sent again",
        Event::LetterGathered(_) => "A letter waits to be sent with others",
        Event::LetterWithheld(_) => "A letter was withheld",
        Event::LetterSentGathered(f) => return format!("{} sent in one", count(f.letters, "letter")),
        Event::WebhookAdded(_) => "Webhook added",
        Event::WebhookSecretRotated(_) => "Webhook secret rotated",
        Event::WebhookEnabled(_) => "Webhook enabled",
        Event::WebhookDisabled(_) => "Webhook disabled",
        Event::WebhookReplayed(_) => "Webhook message sent again",

        Event::EvidenceExported(_) => "Evidence exported",
        Event::ValuesForgotten(f) => {
            return format!("{} of {} forgotten: {}", count(f.count, "value"), f.vault, f.basis);
        }
        Event::ClockConfirmed(_) => "A person confirmed that the clock is right",
        Event::ClockBelieved(f) => return format!("The clock is believed again; it was {} s off", f.off_seconds),

        Event::StaffPut(f) => return format!("Staff member {} added or changed: {}", f.staff, f.role.code()),
        Event::StaffSignedIn(_) => "Signed in",
        Event::StaffSecondFactorOn(_) => "Second factor turned on",
        Event::StaffSecondFactorOff(_) => "Second factor turned off",
        Event::StaffSecondFactorReset(f) => return format!("Second factor of staff member {} reset", f.staff),
        Event::StaffRecoveryCodesRenewed(_) => "Recovery codes renewed",
        Event::StaffRecoveryCodeUsed(f) => return format!("Recovery code used; {} left", f.left),
        Event::StaffDisabled(f) => return format!("Staff member {} disabled", f.staff),
        Event::StaffEnabled(f) => return format!("Staff member {} enabled", f.staff),
        Event::StaffRemoved(f) => return format!("Staff member {} removed", f.staff),
        Event::ApiKeyMade(f) => return format!("API key {} made: {}", f.key, f.name.shown()),
        Event::ApiKeyRevoked(f) => return format!("API key {} revoked", f.key),
    };
    fixed.to_owned()
}

/// How and when the customer was reached, and the deadline that runs from then; late, it is another than at first.
fn reached(facts: &CaseReached) -> String {
    let how = match facts.by.as_str() {
        "letter" => "Delivered to the mail server".to_owned(),
        "answer" => "The customer was reached and answered".to_owned(),
        way => {
            let way = way.parse::<ContactWay>().map_or_else(|()| way.to_owned(), |w| w.label().to_lowercase());
            format!("The customer was notified {way}, {}", facts.at.long())
        }
    };
    match (facts.deadline.map(Moment::long), &facts.delay) {
        (None, _) => how,
        (Some(deadline), None) => format!("{how}; deadline {deadline}"),
        (Some(deadline), Some(delay)) => {
            format!("{how}, {delay} after it was forwarded; the deadline moves to {deadline}")
        }
    }
}

fn probed(facts: &ProbeDone) -> String {
    let status = facts.status.map_or_else(String::new, |status| status.to_string());
    format!("Checked a location: {} {status}", facts.outcome)
}

fn disputed(facts: &CounterReceived) -> String {
    let locations = count(facts.locations, "URL");
    if facts.on_paper {
        let (received, from) = (facts.received.day(), facts.restore_from.long());
        return format!("Counter-notice on paper, received {received}, for {locations}; access returns from {from}");
    }
    format!("Counter-notice for {locations}; access returns from {}", facts.restore_from.long())
}

fn count(n: usize, unit: &str) -> String {
    plural(i64::try_from(n).unwrap_or(i64::MAX), unit)
}

fn review(code: &str) -> String {
    let kind = ReviewKind::ALL.into_iter().find(|k| k.code() == code);
    kind.map_or_else(|| code.to_owned(), |k| k.label().to_lowercase())
}
