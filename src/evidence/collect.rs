//! Everything that is known about a case, as JSON for programs and as bytes as they were.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::domain::base::moment::Moment;
use crate::domain::intake::notice::Work;
use crate::storage::cases::Case;
use crate::storage::cases::responses::{self, Response};
use crate::storage::customers::{self, Customer};
use crate::storage::disputes::attachments::{self, Attachment};
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::disputes::court_actions::{self, Filed};
use crate::storage::disputes::withdrawals::{self, Withdrawal};
use crate::storage::enforcement::strikes::{self, Strike};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::submissions::{self, SubmissionRow};
use crate::storage::intake::works;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::material::probes::{self, Probe};
use crate::storage::outbox::letter_data::{self, LetterData};
use crate::storage::outbox::letters::{self, LetterRow};
use crate::storage::outbox::sent_letters::{self, SentLetter};
use crate::storage::{Conn, StorageError};

/// Most locations of a case.
const ALL: i64 = 100_000;

/// What was found.
pub(super) struct Collected {
    pub notice: NoticeRecord,
    pub works: Vec<Work>,
    pub submission: SubmissionRow,
    pub customer: Customer,
    pub strike: Option<Strike>,
    pub locations: Vec<LocationRow>,
    pub letters: Vec<LetterRow>,
    /// As they were sent, by row number.
    pub sent: HashMap<i64, SentLetter>,
    /// What the others are to be written from.
    pub unsent: HashMap<i64, LetterData>,
    pub answers: Vec<Response>,
    pub counters: Vec<(Counter, SubmissionRow)>,
    pub filed: Vec<Filed>,
    pub withdrawals: Vec<Withdrawal>,
    pub files: Vec<Attachment>,
    pub probes: Vec<Probe>,
}

/// Loads it.
pub(super) fn collect(conn: &mut Conn, case: &Case) -> Result<Collected, StorageError> {
    let notice = notices::get(conn, case.notice_id)?;
    let mut counters = Vec::new();
    for counter in counter_notices::of_cases(conn, &[case.id])? {
        let received = submissions::get(conn, counter.submission)?;
        counters.push((counter, received));
    }
    let ids: Vec<_> = counters.iter().map(|(c, _)| c.id).collect();
    let mut letters = letters::of_case(conn, case.id)?;
    letters.extend(letters::of_notice(conn, notice.id)?.into_iter().filter(|l| l.case_id.is_none()));
    letters.sort_by_key(|l| l.id);
    let numbers: Vec<i64> = letters.iter().map(|l| l.id).collect();
    let sent = sent_letters::of(conn, &numbers)?;
    let unsent: Vec<i64> = numbers.into_iter().filter(|id| !sent.contains_key(id)).collect();
    Ok(Collected {
        works: works::of_notice(conn, notice.id)?,
        submission: submissions::get(conn, notice.submission_id)?,
        customer: customers::get(conn, case.customer_id)?,
        strike: case.strike_id.map(|id| strikes::get(conn, id)).transpose()?,
        locations: locations::of_case(conn, case.id, 0, ALL)?,
        unsent: letter_data::of(conn, &unsent)?,
        sent,
        letters,
        answers: responses::of_case(conn, case.id)?,
        filed: court_actions::of_counters(conn, &ids)?,
        counters,
        withdrawals: withdrawals::of_notice(conn, notice.id)?,
        files: attachments::of_case(conn, case.id)?,
        probes: probes::of_case(conn, case.id)?,
        notice,
    })
}

/// File name extension by content type; never one that a machine runs.
pub(super) fn extension(content_type: &str) -> &'static str {
    match content_type.split(';').next().unwrap_or_default().trim() {
        "message/rfc822" => "eml",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        _ => "txt",
    }
}

/// Where a letter stands in the archive, without its extension.
fn letter_path(letter: &LetterRow) -> String {
    format!("letters/{:06}-{}", letter.id, letter.kind)
}

impl Collected {
    pub fn notice_json(&self) -> Value {
        let (n, s) = (&self.notice, &self.submission);
        json!({
            "reference": n.reference.as_str(),
            "received_at": n.received_at.iso(),
            "class": n.class.code(),
            "channel": s.channel,
            "sender_address": s.sender_address,
            "content_type": s.content_type,
            "sha256": self.digest(),
            "complainant": {
                "name": n.complainant.name, "organization": n.complainant.organization,
                "email": n.complainant.email_written, "phone": n.complainant.phone, "address": n.complainant.address,
            },
            "rights_owner": n.rights_owner,
            "works": self.works.iter().map(|w| json!({
                "title": w.title, "description": w.description, "original": w.original,
            })).collect::<Vec<_>>(),
            "statements": n.statements.made(),
            "wording": n.wording,
            "signature": n.signature,
            "sender_reference": n.sender_reference,
            "findings": n.findings.iter().map(|f| json!({
                "code": f.code.as_str(), "element": f.code.element().numeral(), "evidence": f.evidence,
            })).collect::<Vec<_>>(),
            "locations": n.locations,
            "withdrawals": self.withdrawals.iter().map(|w| json!({
                "at": Moment(w.at).iso(), "via": w.via, "reason": w.reason, "locations": w.locations, "whole": w.whole,
            })).collect::<Vec<_>>(),
        })
    }

    pub fn case_json(&self, case: &Case) -> Value {
        json!({
            "reference": case.reference.as_str(),
            "notice": self.notice.reference.as_str(),
            "state": case.state.code(),
            "label": case.state.label().1,
            "received_at": case.received_at.iso(),
            "forwarded_at": case.forwarded_at.map(Moment::iso),
            "reached_at": case.reached_at.map(Moment::iso),
            "closed_at": case.closed_at.map(Moment::iso),
            "customer": { "account": self.customer.external_id, "name": self.customer.name, "segment": case.segment },
            "downstream_provider": case.downstream,
            "strike": self.strike.as_ref().map(|s| json!({
                "status": s.status.code(), "received_at": s.received_at.iso(), "expires_at": s.expires_at.iso(),
                "policy_version": s.policy.0, "ended_reason": s.ended_reason,
            })),
            "locations": self.locations.iter().map(|l| json!({
                "id": l.id, "as_written": l.as_written, "address": l.shown, "detail": l.detail,
                "observed_at": l.observed_at.map(|at| Moment(at).iso()),
                "state": l.state().code(), "state_at": Moment(l.state_at).iso(), "state_by": l.state_by,
                "counter_notice": l.counter_id, "withdrawn_at": l.withdrawn_at.map(|at| Moment(at).iso()),
            })).collect::<Vec<_>>(),
        })
    }

    /// Path and bytes of a letter: the message as it was sent, or the data of a letter that no server has accepted.
    pub fn letter_file(&self, letter: &LetterRow) -> Option<(String, &[u8])> {
        let path = letter_path(letter);
        match (self.sent.get(&letter.id), self.unsent.get(&letter.id)) {
            (Some(sent), _) => Some((format!("{path}.eml"), &sent.message)),
            (None, Some(data)) => Some((format!("{path}-not-sent.json"), data.json.as_bytes())),
            (None, None) => None,
        }
    }

    pub fn letters_json(&self) -> Value {
        self.letters
            .iter()
            .map(|l| {
                let sent = self.sent.get(&l.id);
                json!({
                    "file": self.letter_file(l).map(|(path, _)| path),
                    "sent_at": sent.map(|s| s.sent_at.iso()),
                    // Of the bytes that were sent; in the file the tokens of private links are blanked out.
                    "sent_sha256": sent.map(|s| super::manifest::hex(&s.digest)),
                    "template_version": sent.map(|s| s.template_version),
                    "kind": l.kind, "to": l.to_address, "subject": l.subject,
                    "message_id": l.message_id, "written_at": Moment(l.created_at).iso(), "state": l.state,
                    "attempts": l.attempts, "settled_at": l.settled_at.map(|at| Moment(at).iso()),
                    "server_answer": l.answer, "bounced_at": l.bounced_at.map(|at| Moment(at).iso()),
                    "bounce_answer": l.bounce_answer, "complained_at": l.complained_at.map(|at| Moment(at).iso()),
                })
            })
            .collect()
    }

    pub fn answers_json(&self) -> Value {
        let oldest_first = self.answers.iter().rev();
        oldest_first
            .map(|a| json!({ "at": a.at.iso(), "answer": a.kind.code(), "note": a.note, "via": a.via }))
            .collect()
    }

    pub fn counters_json(&self) -> Value {
        let one = |(c, received): &(Counter, SubmissionRow)| {
            let window = c.put_back();
            let filed = self.filed.iter().filter(|f| f.counter == c.id).map(|f| {
                json!({
                    "kind": f.action.kind.code(), "court": f.action.court, "docket": f.action.docket,
                    "filed_on": f.action.filed_on, "received_at": f.received_at.iso(), "in_time": f.in_time, "via": f.via,
                })
            });
            json!({
                "id": c.id.0, "received_at": c.received_at.iso(), "name": c.name, "address": c.address,
                "phone": c.phone, "reason": c.reason, "signature": c.signature, "consent": c.consent,
                "sha256": super::manifest::hex(&received.digest), "locations": c.locations, "state": c.state.code(),
                "state_at": c.state_at.iso(), "tenth_business_day": window.first_iso(),
                "fourteenth_business_day": window.last_iso(), "restore_from": window.from.iso(),
                "restore_until": window.until.iso(), "court_actions": filed.collect::<Vec<_>>(),
            })
        };
        self.counters.iter().map(one).collect()
    }

    pub fn probes_json(&self) -> Value {
        self.probes
            .iter()
            .map(|p| {
                json!({
                    "location": p.location_id, "at": Moment(p.at).iso(), "outcome": p.outcome, "status": p.status,
                    "network_address": p.address, "detail": p.detail,
                })
            })
            .collect()
    }

    pub fn files_json(&self) -> Value {
        self.files
            .iter()
            .map(|f| {
                json!({
                    "id": f.id, "name": f.file_name, "media_type": f.media_type, "size": f.size, "sha256": f.sha256(),
                    "at": Moment(f.at).iso(), "via": f.via, "sent_with": f.sent_with(),
                })
            })
            .collect()
    }
}
