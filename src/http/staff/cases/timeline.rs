//! Events and letters of a case or customer, put into words, newest first.

use crate::domain::base::moment::{Moment, plural};
use crate::domain::cases::reached::ContactWay;
use crate::storage::cases::reviews::ReviewKind;
use crate::storage::outbox::letters::LetterRow;
use crate::storage::record::events::EventRow;

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
pub(in crate::http::staff) fn merge(events: &[EventRow], letters: &[LetterRow]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = events.iter().filter(|e| !e.kind.starts_with("letter.")).map(entry).collect();
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

fn entry(event: &EventRow) -> Entry {
    Entry {
        at: Moment(event.at),
        words: words(event),
        reason: event.reason.clone(),
        who: event.actor.clone(),
        letter: None,
        submission: event.facts()["submission"].as_i64(),
    }
}

/// How and when the customer was reached, and the deadline that runs from then; late, it is another than at first.
fn reached(by: &str, at: &str, deadline: &str, delay: &str) -> String {
    let how = match by {
        "letter" => "Delivered to the mail server".to_owned(),
        "answer" => "The customer was reached and answered".to_owned(),
        way => {
            let way = way.parse::<ContactWay>().map_or_else(|()| way.to_owned(), |w| w.label().to_lowercase());
            format!("The customer was notified {way}, {}", due(at))
        }
    };
    match (deadline, delay) {
        ("", _) => how,
        (deadline, "") => format!("{how}; deadline {}", due(deadline)),
        (deadline, delay) => format!("{how}, {delay} after it was forwarded; the deadline moves to {}", due(deadline)),
    }
}

/// An event in plain words. An unknown kind (from a later version) is shown by its code.
fn words(event: &EventRow) -> String {
    let facts = event.facts();
    let text = |key: &str| match &facts[key] {
        serde_json::Value::String(s) => s.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    match event.kind.as_str() {
        "notice.received" => format!("Notice received by {}: {}", text("channel"), text("class")),
        "case.opened" => format!("Case opened from {} and matched to account {}", text("notice"), text("customer")),
        "case.forwarded" => match text("deadline").as_str() {
            "" => format!("Notice forwarded to {}", some(&text("contacts"), "contact")),
            at => format!("Notice forwarded to {}; deadline {}", some(&text("contacts"), "contact"), due(at)),
        },
        "case.reached" => reached(&text("by"), &text("at"), &text("deadline"), &text("delay")),
        "case.not_reached" => "No one has been reached; no deadline yet".to_owned(),
        "case.clock_stopped" => "The letter came back; the deadline no longer runs, and no strike counts".to_owned(),
        "case.sent_again" => format!("The notice was sent again to {}", some(&text("contacts"), "contact")),
        "case.no_contact" => "Held: the account has no contact".to_owned(),
        "case.reminded" => format!("Reminder to {}", some(&text("contacts"), "contact")),
        "case.answered" => format!("Answer recorded: {}", answer(&text("answer"))),
        "case.unanswered" => "Deadline passed without an answer".to_owned(),
        "case.closed" => format!("Case closed: {}", outcome(&text("outcome"))),
        "case.deadline_moved" => format!("Deadline moved to {}", due(&text("deadline"))),
        "case.link_renewed" => "New link requested; earlier links revoked".to_owned(),
        "case.note" => "Note".to_owned(),
        "locations.disabled" => format!("Access disabled to {}", some(&text("count"), "URL")),
        "customer.added" => format!("Account added, segment {}", text("segment")),
        "customer.changed" => format!("Account changed, segment {}", text("segment")),
        "customer.imported" => {
            let (contacts, assets) = (some(&text("contacts"), "contact"), some(&text("assets"), "asset"));
            format!("Import changed {contacts} and {assets}")
        }
        "customer.flagged" => format!("Flagged under policy version {}", text("policy")),
        "customer.standing" => format!("Standing is now {}", text("standing")),
        "strike.counted" => format!("Strike counted for {}; counts until {}", text("case"), due(&text("expires"))),
        "strike.joined" => format!("{} belongs to an earlier incident: no further strike", text("case")),
        "strike.handed_over" => "Strike stands on another case of the same incident".to_owned(),
        "strike.voided" => "Strike voided".to_owned(),
        "strike.expired" => "Strike expired".to_owned(),
        "decision.proposed" => format!("Decision proposed: {}", decision(&text("kind"))),
        "decision.made" => format!("Decided: {}", decision(&text("kind"))),
        "decision.approved" => format!("Approved by a second person: {}", decision(&text("kind"))),
        "decision.rejected" => format!("Not approved by the second person: {}", decision(&text("kind"))),
        "case.next_contact" => {
            format!("A contact could not be reached; the notice went to {}", some(&text("contacts"), "further contact"))
        }
        "customer.contacts_changed" => format!("Contacts changed: {} put, {} removed", text("put"), text("removed")),
        "customer.assets_taken_over" => {
            format!("{} assets moved from {} to {}: {}", text("count"), text("from"), text("to"), text("assets"))
        }
        "customer.assets_changed" => format!("Assets changed: {} put, {} ended", text("put"), text("ended")),
        "mail.reply" => "Answer by mail".to_owned(),
        "mail.auto_reply" => "Automatic answer by mail".to_owned(),
        "mail.bounce_claimed" => format!("Said to be a bounce, not confirmed: {}", text("why")),
        "mail.claimed" => "A mail names this; its sender is not known here".to_owned(),
        "mail.complaint" => "The receiver’s provider passed on a spam complaint about a letter".to_owned(),
        "mail.recorded" => "Mail recorded".to_owned(),
        "notice.completed_by_staff" => "Completed by staff from the message".to_owned(),
        "case.confirmed" => "The sender confirmed the notice".to_owned(),
        "case.unconfirmed" if !event.reason.is_empty() => {
            "The owner of the email address did not send the notice".to_owned()
        }
        "case.unconfirmed" => "The sender did not confirm the email address in time".to_owned(),
        "case.not_confirmed" => format!("Not confirmed within a day: {}", some(&text("locations"), "URL")),
        "case.withdrawn" => format!("The complainant withdrew {}", some(&text("locations"), "URL")),
        "notice.withdrawn" => format!("Withdrawn by {}: {}", text("via"), some(&text("locations"), "URL")),
        "notice.stood_up" => "The notice it repeated was withdrawn; this one now stands on its own".to_owned(),
        "notice.confirmed" => "The sender confirmed the email address".to_owned(),
        "location.disable_requested" => {
            format!("The host’s systems were asked to disable {}", some(&text("count"), "URL"))
        }
        "location.restore_requested" => format!("To be restored: {}", some(&text("count"), "URL")),
        "location.released" => format!("Another notice keeps {} disabled", some(&text("count"), "URL")),
        "location.restored" => format!("Access restored to {}", some(&text("count"), "URL")),
        "counter_notice.received" => {
            let from = due(&text("restore_from"));
            let urls = some(&text("locations"), "URL");
            // Only staff enter what came on paper.
            if event.actor.contains("(staff ") {
                let received = Moment::parse(&text("received")).map(Moment::day).unwrap_or_default();
                format!("Counter-notice on paper, received {received}, for {urls}; access returns from {from}")
            } else {
                format!("Counter-notice for {urls}; access returns from {from}")
            }
        }
        "counter_notice.due" => "Ten business days after the counter-notice are over".to_owned(),
        "counter_notice.sustained" => "The counter-notice’s waiting period ended".to_owned(),
        "counter_notice.moot" => "The counter-notice has nothing left to dispute".to_owned(),
        "counter_notice.alarm" => "Warning: the thirteenth business day has begun".to_owned(),
        "counter_notice.missed" => "The fourteenth business day is over and access was not restored".to_owned(),
        "court_action.received" => format!("Court action reported: {}", text("docket")),
        "probe.asked" => format!("A check of {} was requested", some(&text("count"), "URL")),
        "probe.done" => format!("Checked a location: {} {}", text("outcome"), text("status")),
        "review.done" => format!("Review done: {}", review(&text("kind"))),
        "evidence.exported" => "Evidence exported".to_owned(),
        "sender.set" => format!("Set to {}", text("setting")),
        "notice.retraction_received" => "The sender writes that it is withdrawn".to_owned(),
        other => other.to_owned(),
    }
}

fn some(count: &str, unit: &str) -> String {
    count.parse().map_or_else(|_| count.to_owned(), |n| plural(n, unit))
}

fn due(iso: &str) -> String {
    Moment::parse(iso).map_or_else(|| iso.to_owned(), Moment::long)
}

fn review(code: &str) -> String {
    let kind = ReviewKind::ALL.into_iter().find(|k| k.code() == code);
    kind.map_or_else(|| code.to_owned(), |k| k.label().to_lowercase())
}

fn answer(code: &str) -> String {
    code.parse::<crate::domain::cases::answer::AnswerKind>().map_or_else(|()| code.to_owned(), |k| k.label().to_owned())
}

fn outcome(code: &str) -> String {
    crate::domain::cases::case::Outcome::from_code(code).map_or_else(|| code.to_owned(), |o| o.label().to_lowercase())
}

fn decision(code: &str) -> String {
    code.parse::<crate::domain::enforcement::decision::DecisionKind>()
        .map_or_else(|()| code.to_owned(), |k| k.label().to_lowercase())
}
