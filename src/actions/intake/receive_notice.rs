//! A notice arrives, by whatever entrance.
//!
//! Its bytes, digest and receipt time are committed together with what was understood of them. A complete
//! notice opens one case for each customer concerned; forwarding is the next job's work.

use std::collections::BTreeMap;

use super::lock_notices::{Incoming, LockedNotice, lock_notices};
use super::open_cases::open_cases;
use super::prepare_notices::Prepared;
use super::relations::{count_sender, link};
use super::tell_sender::tell_sender;
use super::types::{MatchedLocation, NoticeDraft, Received, StoredSubmission};
use crate::actions::access::private_links::STATUS_LIFETIME;
use crate::actions::context::{ActionError, Tx};
use crate::actions::outbox::limits::SpeaksFor;
use crate::domain::access::token::PlainToken;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{CaseId, CustomerId, Kind};
use crate::domain::intake::location::Place;
use crate::domain::intake::parsed_notice::ParsedNotice;
use crate::domain::intake::proof::Identity;
use crate::domain::record::event::intake::{NoticeReceived, SubmissionUnreadable};
use crate::domain::record::event::{Actor, Beside, Event, Owners, Recorded, Subject};
use crate::storage::access::links::{self, Target};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::intake::notices::{self, LocationCounts};
use crate::storage::intake::submissions::{self, Submission};
use crate::storage::material::locations::{self, Matched};

/// Receives one notice, for which something may have been prepared. `token` becomes the sender's private status link
/// and makes a repeat harmless.
pub fn receive_notice(
    tx: &mut Tx<'_>,
    mut submission: Submission,
    (reading, prepared): (&ParsedNotice, Option<&Prepared>),
    token: &PlainToken,
) -> Result<Received, ActionError> {
    if let Some((_, references)) = submissions::seen(tx.conn, &token.link_hash())?
        && let Some(reference) = references.into_iter().next()
    {
        let verdict = reading.understood().verdict.clone();
        return Ok(Received { reference, again: true, verdict, cases: Vec::new(), hosted: 0, locations: Vec::new() });
    }
    submission.dedup_key = Some(token.link_hash());
    let kept = keep(tx, &submission, None)?;
    take_one(tx, &kept, (reading, prepared), token)
}

/// Keeps a submission byte for byte.
pub(in crate::actions) fn keep(
    tx: &mut Tx<'_>,
    submission: &Submission,
    problem: Option<&str>,
) -> Result<StoredSubmission, ActionError> {
    let id = submissions::insert(tx.conn, submission, problem, tx.now)?;
    Ok(StoredSubmission {
        id,
        channel: submission.channel,
        fingerprint: fingerprint(submission.digest()),
        received: tx.now,
        prose: String::new(),
        mail_failed: None,
        speaks_for: SpeaksFor::of(submission),
        identity: identity(submission),
        seen_by_staff: false,
    })
}

/// Who handed a submission in, as far as the entrance tells; a mail's own checks are read by `receive_mail`.
fn identity(submission: &Submission) -> Identity {
    match (submission.channel, submission.api_key) {
        // The key that a mail comes with is that of the server that hands it over.
        ("api", Some(key)) => Identity::Key(key),
        ("cli", _) => Identity::Host,
        _ => Identity::Unknown,
    }
}

/// Takes the one notice of a submission that is kept.
pub(in crate::actions) fn take_one(
    tx: &mut Tx<'_>,
    kept: &StoredSubmission,
    incoming: Incoming<'_>,
    token: &PlainToken,
) -> Result<Received, ActionError> {
    let mut held = lock_notices(tx, &[incoming], kept.received)?;
    let only = held.remove(0);
    take_notice(tx, kept, &only, token)
}

/// Takes one notice from a submission that is kept: verdict, cases, a letter to the sender.
pub(in crate::actions) fn take_notice(
    tx: &mut Tx<'_>,
    kept: &StoredSubmission,
    held: &LockedNotice<'_>,
    token: &PlainToken,
) -> Result<Received, ActionError> {
    let LockedNotice { reading, prepared, owners: owner_of } = held;
    if let Some(prepared) = prepared {
        tx.use_snapshot(&prepared.snapshot);
    }
    let understood = reading.understood();
    let (notice, verdict) = (&understood.notice, &understood.verdict);
    let relations = link(tx, kept, reading, owner_of)?;
    let sorted = LocationCounts {
        locations: notice.locations.len(),
        hosted: owner_of.iter().flatten().count(),
        unreadable: notice.locations.iter().filter(|l| matches!(l.place, Place::Unreadable(_))).count(),
    };
    let (id, reference) = tx.under_fresh_reference(Kind::Notice, |conn, reference| {
        notices::insert(conn, (reference, kept.id), understood, sorted, &relations.ties, kept.received)
    })?;
    let opened = Vec::new();
    let mut draft = NoticeDraft { id, reference, notice, verdict, kept, relations: &relations, opened };
    record(tx, &draft, reading, sorted)?;
    let case_of = open_cases(tx, &mut draft, owner_of)?;
    store_locations(tx, &draft, owner_of, &case_of)?;
    count_sender(tx, &draft, owner_of)?;
    let expires = tx.now + STATUS_LIFETIME;
    links::insert(tx.conn, token, Target::Notice(id), expires, tx.now)?;
    tell_sender(tx, &draft, owner_of, token)?;
    Ok(outcome(&draft, owner_of, &case_of, sorted))
}

fn outcome(
    draft: &NoticeDraft<'_>,
    owner_of: &[Option<CustomerId>],
    case_of: &BTreeMap<CustomerId, CaseId>,
    sorted: LocationCounts,
) -> Received {
    let case = |owner: &Option<CustomerId>| {
        let id = case_of.get(&(*owner)?)?;
        draft.opened.iter().find(|o| o.id == *id).map(|o| o.reference.clone())
    };
    let each = draft.notice.locations.iter().zip(owner_of).zip(&draft.relations.repeats);
    let locations = each.map(|((location, owner), repeat)| MatchedLocation {
        as_written: location.as_written.clone(),
        state: match (&location.place, owner, repeat) {
            (Place::Unreadable(_), ..) => "unreadable",
            (_, Some(_), Some(_)) => "duplicate",
            (_, Some(_), None) => "hosted",
            (_, None, _) => "not_hosted",
        },
        case: match repeat {
            Some(earlier) => earlier.case_reference.parse().ok(),
            None => case(owner),
        },
    });
    Received {
        reference: draft.reference.clone(),
        again: false,
        verdict: draft.verdict.clone(),
        cases: draft.opened.iter().map(|o| o.reference.clone()).collect(),
        hosted: sorted.hosted,
        locations: locations.collect(),
    }
}

/// Keeps a submission nobody could read, for a person to look at.
pub fn receive_unreadable(tx: &mut Tx<'_>, submission: &Submission, problem: &str) -> Result<i64, ActionError> {
    let id = keep_unreadable(tx, submission, problem)?;
    let about = reviews::About { submission: Some(id), ..reviews::About::default() };
    reviews::raise(tx.conn, ReviewKind::Unreadable, about, &one_line(problem, 300), tx.now)?;
    Ok(id)
}

/// Keeps a submission whose sender is told at once what is wrong with it; nobody else needs to look.
pub fn keep_unreadable(tx: &mut Tx<'_>, submission: &Submission, problem: &str) -> Result<i64, ActionError> {
    let id = keep(tx, submission, Some(&one_line(problem, 1000)))?.id;
    let what = SubmissionUnreadable { submission: id, channel: submission.channel.to_owned() };
    tx.event(Subject::Installation, &Actor::Complainant, Event::SubmissionUnreadable(what))?;
    Ok(id)
}

fn record(
    tx: &mut Tx<'_>,
    draft: &NoticeDraft<'_>,
    reading: &ParsedNotice,
    sorted: LocationCounts,
) -> Result<(), ActionError> {
    let ties = &draft.relations.ties;
    let what = NoticeReceived {
        channel: draft.kept.channel.to_owned(),
        format: reading.format.code().to_owned(),
        class: draft.verdict.class,
        findings: draft.verdict.findings.iter().map(|f| f.code.as_str().to_owned()).collect(),
        locations: sorted.locations,
        hosted: sorted.hosted,
        signals: ties.signals.iter().map(|s| s.signal.code().to_owned()).collect(),
        cures: ties.cures,
        repeats: ties.duplicate_of,
        sha256: draft.kept.fingerprint.replace(' ', "").into(),
    };
    let owners = Owners { customer: None, sender: ties.sender, notice: Some(draft.id) };
    let what = Recorded { event: Event::NoticeReceived(what), beside: Beside::default() };
    tx.first_event(Subject::Notice(draft.id), owners, &Actor::Complainant, &what)
}

fn store_locations(
    tx: &mut Tx<'_>,
    draft: &NoticeDraft<'_>,
    owner_of: &[Option<CustomerId>],
    case_of: &BTreeMap<CustomerId, CaseId>,
) -> Result<(), ActionError> {
    let matched: Vec<Matched<'_>> = draft
        .notice
        .locations
        .iter()
        .zip(owner_of)
        .zip(&draft.relations.repeats)
        .map(|((location, owner), repeat)| Matched {
            location,
            // A repeat belongs to the case of the earlier notice.
            owner: owner.map(|o| (o, if repeat.is_some() { None } else { case_of.get(&o).copied() })),
            duplicate_of: repeat.as_ref().map(|r| r.location),
        })
        .collect();
    Ok(locations::insert(tx.conn, draft.id, &matched, tx.now)?)
}

/// SHA-256 of a submission in groups of eight, as on the receipt.
pub fn fingerprint(digest: &[u8]) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(digest.len() * 9 / 4);
    for (byte, at) in digest.iter().zip(0..) {
        let gap = if at > 0 && at % 4 == 0 { " " } else { "" };
        let _ = write!(hex, "{gap}{byte:02x}");
    }
    hex
}
