//! A notice arrives, by whatever entrance.
//!
//! Its bytes, digest and receipt time are committed together with what was understood of them. A complete
//! notice opens one case for each customer concerned; forwarding is the next job's work.

use std::collections::BTreeMap;

use super::lock_notices::{Held, Incoming, hold_notices};
use super::open_cases::open_cases;
use super::prepare_notices::Prepared;
use super::relations::{Linked, count_sender, link};
use super::tell_sender::tell_sender;
use crate::actions::context::{ActionError, Tx};
use crate::actions::outbox::limits::SpeaksFor;
use crate::domain::access::token::PlainToken;
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{CaseId, CustomerId, Kind, NoticeId, Reference};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::intake::location::Place;
use crate::domain::intake::notice::Notice;
use crate::domain::intake::parsed_notice::Reading;
use crate::domain::intake::proof::Identity;
use crate::domain::record::event::{Actor, Happening, Subject};
use crate::domain::regimes::us_512::verify::Verdict;
use crate::storage::access::links::{self, Target};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::intake::notices::{self, Sorted};
use crate::storage::intake::submissions::{self, Submission};
use crate::storage::material::locations::{self, Matched};

/// A status link only reads, and outlives its cases: a year.
pub(in crate::actions) const STATUS_LIFETIME: Span = Span::days(365);

/// What became of a notice.
#[derive(Clone, Debug)]
pub struct Received {
    pub reference: Reference,
    /// The same submission had been received before; nothing was done again.
    pub again: bool,
    pub verdict: Verdict,
    pub cases: Vec<Reference>,
    pub hosted: usize,
    /// What became of each location, in the order given.
    pub locations: Vec<MatchedLocation>,
}

impl Received {
    /// Whether it says nothing that was not in hand: it had been received before, or every place in it had been reported.
    pub(in crate::actions) fn is_repeat(&self) -> bool {
        self.again || (!self.locations.is_empty() && self.locations.iter().all(|place| place.state == "duplicate"))
    }
}

/// What became of one location, without a word about the customer.
#[derive(Clone, Debug)]
pub struct MatchedLocation {
    pub as_written: String,
    /// `hosted`, `duplicate`, `not_hosted`, `unreadable`.
    pub state: &'static str,
    pub case: Option<Reference>,
}

/// A submission that is kept, and what a notice in it needs to know of it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: i64,
    pub channel: &'static str,
    /// SHA-256 in groups of eight, as on the receipt.
    pub fingerprint: String,
    /// When it arrived; staff may complete what a person wrote much later.
    pub received: Moment,
    /// What was written around the notices in it, such as the letter they came in.
    pub prose: String,
    /// Which check of its own domain a mail fails.
    pub mail_failed: Option<String>,
    /// To whom letters about it are no surprise.
    pub speaks_for: SpeaksFor,
    /// Who handed it in.
    pub identity: Identity,
    /// Staff made the notice of it.
    pub seen_by_staff: bool,
}

/// Receives one notice, for which something may have been prepared. `token` becomes the sender's private status link
/// and makes a repeat harmless.
pub fn receive_notice(
    tx: &mut Tx<'_>,
    mut submission: Submission,
    (reading, prepared): (&Reading, Option<&Prepared>),
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
) -> Result<Kept, ActionError> {
    let id = submissions::insert(tx.conn, submission, problem, tx.now)?;
    Ok(Kept {
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
    kept: &Kept,
    incoming: Incoming<'_>,
    token: &PlainToken,
) -> Result<Received, ActionError> {
    let mut held = hold_notices(tx, &[incoming], kept.received)?;
    let only = held.remove(0);
    take_notice(tx, kept, &only, token)
}

/// Takes one notice from a submission that is kept: verdict, cases, a letter to the sender.
pub(in crate::actions) fn take_notice(
    tx: &mut Tx<'_>,
    kept: &Kept,
    held: &Held<'_>,
    token: &PlainToken,
) -> Result<Received, ActionError> {
    let Held { reading, prepared, owners: owner_of } = held;
    if let Some(prepared) = prepared {
        tx.goes_by(&prepared.ground);
    }
    let understood = reading.understood();
    let (notice, verdict) = (&understood.notice, &understood.verdict);
    let linked = link(tx, kept, reading, owner_of)?;
    let sorted = Sorted {
        locations: notice.locations.len(),
        hosted: owner_of.iter().flatten().count(),
        unreadable: notice.locations.iter().filter(|l| matches!(l.place, Place::Unreadable(_))).count(),
    };
    let (id, reference) = tx.under_fresh_reference(Kind::Notice, |conn, reference| {
        notices::insert(conn, (reference, kept.id), understood, sorted, &linked.ties, kept.received)
    })?;
    let opened = Vec::new();
    let mut arriving = Arriving { id, reference, notice, verdict, kept, linked: &linked, opened };
    record(tx, &arriving, reading, sorted)?;
    let case_of = open_cases(tx, &mut arriving, owner_of)?;
    store_locations(tx, &arriving, owner_of, &case_of)?;
    count_sender(tx, &arriving, owner_of)?;
    let expires = tx.now + STATUS_LIFETIME;
    links::insert(tx.conn, token, Target::Notice(id), expires, tx.now)?;
    tell_sender(tx, &arriving, owner_of, token)?;
    Ok(outcome(&arriving, owner_of, &case_of, sorted))
}

fn outcome(
    arriving: &Arriving<'_>,
    owner_of: &[Option<CustomerId>],
    case_of: &BTreeMap<CustomerId, CaseId>,
    sorted: Sorted,
) -> Received {
    let case = |owner: &Option<CustomerId>| {
        let id = case_of.get(&(*owner)?)?;
        arriving.opened.iter().find(|o| o.id == *id).map(|o| o.reference.clone())
    };
    let each = arriving.notice.locations.iter().zip(owner_of).zip(&arriving.linked.repeats);
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
        reference: arriving.reference.clone(),
        again: false,
        verdict: arriving.verdict.clone(),
        cases: arriving.opened.iter().map(|o| o.reference.clone()).collect(),
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
    let what = Happening::new("submission.unreadable").fact("submission", id).fact("channel", submission.channel);
    tx.event(Subject::Installation, &Actor::Complainant, &what)?;
    Ok(id)
}

/// A notice on its way in.
pub(in crate::actions) struct Arriving<'a> {
    pub id: NoticeId,
    pub reference: Reference,
    pub notice: &'a Notice,
    pub verdict: &'a Verdict,
    pub kept: &'a Kept,
    pub linked: &'a Linked,
    pub opened: Vec<Opened>,
}

/// A case that was opened.
pub(in crate::actions) struct Opened {
    pub id: CaseId,
    pub reference: Reference,
}

fn record(tx: &mut Tx<'_>, arriving: &Arriving<'_>, reading: &Reading, sorted: Sorted) -> Result<(), ActionError> {
    let codes: Vec<&str> = arriving.verdict.findings.iter().map(|f| f.code.as_str()).collect();
    let digest = arriving.kept.fingerprint.replace(' ', "");
    let what = Happening::new("notice.received")
        .fact("channel", arriving.kept.channel)
        .fact("format", reading.format.code())
        .fact("class", arriving.verdict.class.code())
        .fact("findings", codes)
        .fact("locations", sorted.locations)
        .fact("hosted", sorted.hosted)
        .fact("sha256", digest);
    let ties = &arriving.linked.ties;
    let signals: Vec<&str> = ties.signals.iter().map(|s| s.signal.code()).collect();
    let what = if signals.is_empty() { what } else { what.fact("signals", signals) };
    let what = if let Some(id) = ties.cures { what.fact("cures", id.0) } else { what };
    let what = if let Some(id) = ties.duplicate_of { what.fact("repeats", id.0) } else { what };
    tx.first_event(Subject::Notice(arriving.id), &Actor::Complainant, &what)
}

fn store_locations(
    tx: &mut Tx<'_>,
    arriving: &Arriving<'_>,
    owner_of: &[Option<CustomerId>],
    case_of: &BTreeMap<CustomerId, CaseId>,
) -> Result<(), ActionError> {
    let matched: Vec<Matched<'_>> = arriving
        .notice
        .locations
        .iter()
        .zip(owner_of)
        .zip(&arriving.linked.repeats)
        .map(|((location, owner), repeat)| Matched {
            location,
            // A repeat belongs to the case of the earlier notice.
            owner: owner.map(|o| (o, if repeat.is_some() { None } else { case_of.get(&o).copied() })),
            duplicate_of: repeat.as_ref().map(|r| r.location),
        })
        .collect();
    Ok(locations::insert(tx.conn, arriving.id, &matched, tx.now)?)
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
