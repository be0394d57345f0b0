//! A notice arrives, by whatever entrance.
//!
//! Its bytes, digest and receipt time are committed together with what was understood of them. A complete
//! notice opens one case for each customer concerned; forwarding is the next job's work.

use std::collections::BTreeMap;

use super::match_locations::owners;
use super::tell_sender::tell_sender;
use super::{ActionError, Tx, domain_of};
use crate::domain::contact::one_line;
use crate::domain::elements::Class;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::finding::{Code, missing_elements};
use crate::domain::ids::{CaseId, CustomerId, Kind, NoticeId, Reference};
use crate::domain::location::{Location, Place};
use crate::domain::moment::{Moment, Span};
use crate::domain::notice::{Notice, join_names};
use crate::domain::reading::Reading;
use crate::domain::token::PlainToken;
use crate::domain::verify::{Verdict, verify};
use crate::storage::customers::{Counters, Customer};
use crate::storage::links::Target;
use crate::storage::locations::Matched;
use crate::storage::notices::Sorted;
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::submissions::Submission;
use crate::storage::{StorageError, cases, customers, links, locations, notices, submissions};

/// A status link only reads, and outlives its cases: a year.
const STATUS_LIFETIME: Span = Span::days(365);

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

/// What became of one location, without a word about the customer.
#[derive(Clone, Debug)]
pub struct MatchedLocation {
    pub as_written: String,
    /// `hosted`, `not_hosted`, `unreadable`.
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
}

/// Receives one notice. `token` becomes the sender's private status link and makes a repeat harmless.
pub fn receive_notice(
    tx: &mut Tx<'_>,
    mut submission: Submission,
    reading: &Reading,
    token: &PlainToken,
) -> Result<Received, ActionError> {
    if let Some((_, references)) = submissions::seen(tx.conn, &token.hash())?
        && let Some(reference) = references.into_iter().next()
    {
        let verdict = verify(&reading.raw.understand(), &reading.findings);
        return Ok(Received { reference, again: true, verdict, cases: Vec::new(), hosted: 0, locations: Vec::new() });
    }
    submission.dedup_key = Some(token.hash());
    let kept = keep(tx, &submission, None)?;
    take_notice(tx, &kept, reading, token)
}

/// Keeps a submission byte for byte.
pub(super) fn keep(tx: &mut Tx<'_>, submission: &Submission, problem: Option<&str>) -> Result<Kept, ActionError> {
    let id = submissions::insert(tx.conn, submission, problem, tx.now)?;
    Ok(Kept { id, channel: submission.channel, fingerprint: fingerprint(&submission.body), received: tx.now })
}

/// Takes one notice from a submission that is kept: verdict, matching, cases, a letter to the sender.
pub(super) fn take_notice(
    tx: &mut Tx<'_>,
    kept: &Kept,
    reading: &Reading,
    token: &PlainToken,
) -> Result<Received, ActionError> {
    let notice = reading.raw.understand();
    let verdict = verify(&notice, &reading.findings);
    let owner_of = owners(tx, &notice.locations, kept.received)?;
    let reference = tx.fresh_reference(Kind::Notice)?;
    let sorted = Sorted {
        locations: notice.locations.len(),
        hosted: owner_of.iter().flatten().count(),
        unreadable: notice.locations.iter().filter(|l| matches!(l.place, Place::Unreadable(_))).count(),
    };
    let id = notices::insert(tx.conn, (&reference, kept.id), &notice, &verdict, sorted, kept.received)?;
    let mut arriving = Arriving { id, reference, notice: &notice, verdict: &verdict, kept, opened: Vec::new() };
    record(tx, &arriving, reading, sorted)?;
    let groups = group(&owner_of);
    let case_of =
        if verdict.class == Class::Complete { open_cases(tx, &mut arriving, &groups)? } else { BTreeMap::new() };
    store_locations(tx, &arriving, &owner_of, &case_of)?;
    let expires = tx.now + STATUS_LIFETIME;
    links::insert(tx.conn, &token.hash(), Target::Notice(id), expires, tx.now)?;
    tell_sender(tx, &arriving, &owner_of, token)?;
    Ok(outcome(&arriving, &owner_of, &case_of, sorted))
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
    let locations = arriving.notice.locations.iter().zip(owner_of).map(|(location, owner)| MatchedLocation {
        as_written: location.as_written.clone(),
        state: match (&location.place, owner) {
            (Place::Unreadable(_), _) => "unreadable",
            (_, Some(_)) => "hosted",
            (_, None) => "not_hosted",
        },
        case: case(owner),
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
pub(super) struct Arriving<'a> {
    pub id: NoticeId,
    pub reference: Reference,
    pub notice: &'a Notice,
    pub verdict: &'a Verdict,
    pub kept: &'a Kept,
    pub opened: Vec<Opened>,
}

/// A case that was opened.
pub(super) struct Opened {
    pub id: CaseId,
    pub reference: Reference,
    pub locations: usize,
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
    tx.event(Subject::Notice(arriving.id), &Actor::Complainant, &what)
}

/// Positions of the locations of each customer, in the order of row numbers: two notices about the same
/// customers then lock their rows in the same order and cannot block each other.
type Groups = BTreeMap<CustomerId, Vec<usize>>;

fn group(owner_of: &[Option<CustomerId>]) -> Groups {
    let mut groups = Groups::new();
    for (position, owner) in owner_of.iter().enumerate() {
        if let Some(owner) = owner {
            groups.entry(*owner).or_default().push(position);
        }
    }
    groups
}

fn open_cases(
    tx: &mut Tx<'_>,
    arriving: &mut Arriving<'_>,
    groups: &Groups,
) -> Result<BTreeMap<CustomerId, CaseId>, ActionError> {
    let ids: Vec<CustomerId> = groups.keys().copied().collect();
    let known: BTreeMap<CustomerId, Customer> =
        customers::get_many(tx.conn, &ids)?.into_iter().map(|c| (c.id, c)).collect();
    let mut case_of = BTreeMap::new();
    for (owner, positions) in groups {
        let customer = known.get(owner).ok_or(StorageError::NotFound { table: "customers", id: owner.to_string() })?;
        case_of.insert(*owner, open_case(tx, arriving, customer, positions)?);
    }
    Ok(case_of)
}

fn open_case(
    tx: &mut Tx<'_>,
    arriving: &mut Arriving<'_>,
    customer: &Customer,
    positions: &[usize],
) -> Result<CaseId, ActionError> {
    let of_case: Vec<&Location> = positions.iter().filter_map(|p| arriving.notice.locations.get(*p)).collect();
    let site = of_case.iter().find_map(|l| l.site()).unwrap_or_default();
    // A claim on whole sites alone does not say where the material is: a person decides.
    let in_review = of_case.iter().all(|l| l.is_whole_site());
    let c = &arriving.notice.complainant;
    let sender = if c.organization.is_empty() { join_names(&c.name, "") } else { c.organization.clone() };
    let reference = tx.fresh_reference(Kind::Case)?;
    let id = cases::insert(
        tx.conn,
        &cases::NewCase {
            reference: reference.clone(),
            notice_id: arriving.id,
            customer_id: customer.id,
            in_review,
            site: &site,
            segment: &customer.segment,
            sender: &sender,
            sender_domain: &domain_of(c.email.as_ref()),
            locations: positions.len(),
            missing: missing_elements(&arriving.verdict.findings).len(),
            received_at: arriving.kept.received,
        },
    )?;
    customers::count(tx.conn, customer.id, Counters { cases: 1, ..Counters::default() })?;
    let what = Happening::new("case.opened")
        .fact("notice", arriving.reference.as_str())
        .fact("customer", customer.external_id.as_str())
        .fact("locations", positions.len());
    tx.event(Subject::Case(id), &Actor::System, &what)?;
    if in_review {
        let about = reviews::About { case: Some(id), ..reviews::About::default() };
        reviews::raise(tx.conn, ReviewKind::WholeSite, about, Code::LocationWholeDomain.remedy(), tx.now)?;
    }
    arriving.opened.push(Opened { id, reference, locations: positions.len() });
    Ok(id)
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
        .map(|(location, owner)| Matched { location, owner: owner.map(|o| (o, case_of.get(&o).copied())) })
        .collect();
    Ok(locations::insert(tx.conn, arriving.id, &matched, tx.now)?)
}

/// SHA-256 of the submission in groups of eight, as on the receipt.
pub fn fingerprint(body: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let hex: Vec<String> =
        Sha256::digest(body).chunks(4).map(|c| c.iter().map(|b| format!("{b:02x}")).collect()).collect();
    hex.join(" ")
}
