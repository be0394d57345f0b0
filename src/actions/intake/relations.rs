//! What a new notice has to do with earlier ones: who sent it, what it repeats or completes, and whether a person
//! should look before it is forwarded.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::admit_notice::{self, Sent, admit};
use super::find_repeats::{Earlier, Later, earlier, repeated};
use super::types::{NoticeDraft, Relations, StoredSubmission};
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::{CustomerId, SenderId};
use crate::domain::base::moment::Span;
use crate::domain::intake::location::Location;
use crate::domain::intake::notice::Notice;
use crate::domain::intake::parsed_notice::{AssessedNotice, ParsedNotice};
use crate::domain::intake::proof::Proof;
use crate::domain::intake::similarity::Keys;
use crate::domain::material::location_state::LocationState;
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::senders::sender::{Grade, NEW, SenderCounts, SenderKind, domain_key};
use crate::domain::senders::signal::{self, BURST, Known, payment_words};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::intake::notice_keys;
use crate::storage::intake::notices::NoticeRelations;
use crate::storage::material::same_material::Named;
use crate::storage::senders::sender_tallies::{self, Tally};
use crate::storage::senders::{self, Sender, Sending};

/// Links a notice that is about to be stored.
pub(in crate::actions) fn link(
    tx: &mut Tx<'_>,
    kept: &StoredSubmission,
    reading: &ParsedNotice,
    owner_of: &[Option<CustomerId>],
) -> Result<Relations, ActionError> {
    let AssessedNotice { notice, verdict, keys, .. } = reading.understood();
    let (keys, known_as) = (*keys, reading.understood().sender.as_deref());
    let proof = kept.identity.proof(notice.complainant.email.as_ref());
    let met = known_as.map(|key| sender(tx, (kept, proof), notice, key)).transpose()?;
    let first = met.as_ref().is_some_and(|(_, first)| *first);
    let sender = met.map(|(sender, _)| sender);
    let exact = notice_keys::same_content(tx.conn, (sender.as_ref().map(|s| s.id), proof), keys)?;
    let found = if verdict.class == Class::Complete {
        let later = Later { sender: sender.as_ref().map(|s| s.id), proof, works: &notice.works };
        earlier(tx, (later, keys.works), &notice.locations, owner_of)?
    } else {
        Earlier::none(notice.locations.len())
    };
    let mut relations = Relations { repeats: found.repeats, others: found.others, ..Relations::default() };
    let known = known(tx, sender.as_ref(), keys, proof)?;
    let payment = reading.understood().payment.or_else(|| payment_words(&kept.prose));
    let seen = signal::look(notice, payment, kept.mail_failed.as_deref(), known);
    if verdict.class == Class::Complete {
        let address = notice.complainant.email.as_ref();
        let sent = Sent { proof, sender: sender.as_ref(), address, seen_by_staff: kept.seen_by_staff };
        relations.gate = admit(tx, sent, &named(notice, owner_of, &relations.repeats))?;
        relations.gate.route = route(tx, (sender.as_ref(), first), proof, &seen);
    }
    relations.ties = NoticeRelations {
        sender: sender.as_ref().map(|s| s.id),
        keys,
        cures: reading.cures,
        duplicate_of: repeated(exact, verdict.class, &relations.repeats, owner_of),
        signals: seen,
        proof,
    };
    relations.sender = sender;
    Ok(relations)
}

/// What the notice names and does not repeat.
fn named<'a>(
    notice: &'a Notice,
    owner_of: &[Option<CustomerId>],
    repeats: &[Option<Named>],
) -> admit_notice::Named<'a> {
    let each = notice.locations.iter().zip(owner_of).zip(repeats);
    let new: Vec<(&Location, CustomerId)> =
        each.filter_map(|((l, owner), repeat)| owner.filter(|_| repeat.is_none()).map(|o| (l, o))).collect();
    let customers: BTreeSet<CustomerId> = new.iter().map(|(_, owner)| *owner).collect();
    let locations = new.into_iter().map(|(location, _)| Cow::Borrowed(location)).collect();
    admit_notice::Named { notice: None, customers: customers.len(), locations }
}

/// The sender with a key, and whether this is the first notice of it.
fn sender(
    tx: &mut Tx<'_>,
    (kept, proof): (&StoredSubmission, Proof),
    notice: &Notice,
    key: &str,
) -> Result<(Sender, bool), ActionError> {
    let (mut sender, first) = match senders::known(tx.conn, key)? {
        Some(known) => (known, false),
        None => (enter(tx, kept, notice, key)?, true),
    };
    let used = notice.complainant.name.to_lowercase();
    if !used.is_empty() {
        sender.names = senders::name_used(tx.conn, &sender, &used, proof.is_identity())?;
    }
    if proof == Proof::Mail {
        senders::confirm(tx.conn, sender.id, tx.now)?;
    }
    Ok((sender, first))
}

/// Adds a sender, and the domain its address is at. Whoever is known has its domain: an address stays where it is.
fn enter(tx: &mut Tx<'_>, kept: &StoredSubmission, notice: &Notice, key: &str) -> Result<Sender, ActionError> {
    let c = &notice.complainant;
    let domain = domain(tx, kept, notice)?;
    let name = c.called();
    let address = c.email.as_ref().map(|e| e.as_str().to_lowercase()).unwrap_or_default();
    let who = Sending { key, kind: SenderKind::Address, domain, name: &name, address: &address, channel: kept.channel };
    Ok(senders::add(tx.conn, &who, kept.received)?)
}

fn domain(tx: &mut Tx<'_>, kept: &StoredSubmission, notice: &Notice) -> Result<Option<SenderId>, ActionError> {
    let Some(key) = domain_key(notice.complainant.email.as_ref()) else { return Ok(None) };
    let name = key.trim_start_matches("d:");
    let who = Sending { key: &key, kind: SenderKind::Domain, domain: None, name, address: name, channel: kept.channel };
    Ok(Some(senders::meet(tx.conn, &who, kept.received)?.0.id))
}

fn known(tx: &mut Tx<'_>, sender: Option<&Sender>, keys: Keys, proof: Proof) -> Result<Known, ActionError> {
    let Some(sender) = sender else { return Ok(Known::default()) };
    let new = tx.now.since(sender.first_at) < NEW;
    // No more are counted than it takes to be remarkable.
    let counted = i64::from(BURST);
    let since = tx.now - Span::days(1);
    let theirs = (sender.id, proof.is_identity());
    let in_a_day = if new { 1 + notice_keys::sent_since(tx.conn, theirs, since, counted)? } else { 0 };
    let same_body = notice_keys::same_body(tx.conn, sender.id, keys, proof)?;
    Ok(Known { names: sender.names, in_a_day, new, same_body })
}

/// Whether settings route such a notice to a person, and why. It is complete all the same.
pub(in crate::actions) fn route(
    tx: &Tx<'_>,
    (sender, first): (Option<&Sender>, bool),
    proof: Proof,
    seen: &[signal::Seen],
) -> Option<String> {
    let rules = &tx.context.config.senders;
    let mut why: Vec<String> = seen
        .iter()
        .filter(|s| rules.review_signals.contains(&s.signal))
        .map(|s| {
            if s.evidence.is_empty() {
                s.signal.label().to_owned()
            } else {
                format!("{} ({})", s.signal.label(), s.evidence)
            }
        })
        .collect();
    // The grade is that of before this notice: a sender of one notice is no first one any more.
    let first = first || (proof.is_identity() && sender.is_some_and(|s| s.proved == 0));
    let counts = |g: &Grade| (*g != Grade::First || first) && rules.review_grades.contains(g);
    if let Some(grade) = sender.map(|s| s.grade_for(proof)).filter(counts) {
        why.push(format!("Standing of the sender: {}", grade.label().1));
    }
    (!why.is_empty()).then(|| why.join("; "))
}

/// Counts the notice for its sender, and asks a person where something was said again after an answer.
pub(in crate::actions) fn count_sender(
    tx: &mut Tx<'_>,
    draft: &NoticeDraft<'_>,
    owner_of: &[Option<CustomerId>],
) -> Result<(), ActionError> {
    let class = draft.verdict.class;
    let one = |yes: bool| i64::from(yes);
    let hosted = owner_of.iter().any(Option::is_some);
    let by = SenderCounts {
        sent: 1,
        complete: one(class == Class::Complete),
        curable: one(class == Class::Curable),
        defective: one(class == Class::Defective),
        unmatched: one(class == Class::Complete && !hosted),
        duplicate: one(draft.relations.ties.duplicate_of.is_some()),
        ..SenderCounts::default()
    };
    if let Some(sender) = &draft.relations.sender {
        let (name, channel) = (draft.notice.complainant.called(), draft.kept.channel);
        let (received_at, proved) = (draft.kept.received, draft.relations.ties.proof.is_identity());
        let tally = Tally { sender: sender.id, received_at, name: &name, channel, by, proved };
        sender_tallies::add(tx.conn, &tally)?;
    }
    let again: BTreeSet<_> = draft
        .relations
        .repeats
        .iter()
        .flatten()
        .filter(|n| n.state == LocationState::Removed)
        .map(|n| n.case)
        .collect();
    for case in again {
        let open = reviews::of_case(tx.conn, case)?.iter().any(|r| r.kind == ReviewKind::ReportedAgain);
        if !open {
            let about = reviews::About { case: Some(case), ..reviews::About::default() };
            let note = format!("{} names it again; the customer says it is removed", draft.reference);
            reviews::raise(tx.conn, ReviewKind::ReportedAgain, about, &note, tx.now)?;
        }
    }
    Ok(())
}
