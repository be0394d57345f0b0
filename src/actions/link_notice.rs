//! What a new notice has to do with earlier ones: who sent it, what it repeats or completes, and whether a person
//! should look before it is forwarded.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::receive_notice::{Arriving, Kept};
use super::{ActionError, Tx};
use crate::domain::elements::Class;
use crate::domain::ids::{CustomerId, NoticeId, SenderId};
use crate::domain::likeness::{Keys, material_key};
use crate::domain::location::{Location, Place};
use crate::domain::location_state::LocationState;
use crate::domain::moment::{Moment, Span};
use crate::domain::notice::Notice;
use crate::domain::reading::{Reading, Understanding};
use crate::domain::sender::{Grade, NEW, SenderCounts, SenderKind, domain_key};
use crate::domain::signal::{self, BURST, Known, payment_words};
use crate::storage::material::{self, Named};
use crate::storage::notice_keys;
use crate::storage::notices::Ties;
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::sender_tallies::{self, Tally};
use crate::storage::senders::{self, Sender, Sending};
use crate::storage::works;

/// How long a sender has to confirm the mail address before a person looks.
const CONFIRM_WITHIN: Span = Span::days(1);
/// Notices of the same sender whose works are compared, newest first.
const COMPARED: usize = 50;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub ties: Ties,
    pub sender: Option<Sender>,
    /// For each location, the earlier one it repeats.
    pub repeats: Vec<Option<Named>>,
    /// For each location, cases of other senders about the same material.
    others: Vec<Vec<Named>>,
    /// Why a person should look before it is forwarded.
    pub route: Option<String>,
    /// Until when the sender can confirm the mail address.
    pub confirm_by: Option<Moment>,
}

impl Linked {
    /// References of other senders' cases in hand about the same material.
    pub fn overlaps(&self, positions: &[usize]) -> Vec<String> {
        let found: BTreeSet<&str> =
            positions.iter().filter_map(|p| self.others.get(*p)).flatten().map(|n| n.case_reference.as_str()).collect();
        found.into_iter().take(20).map(str::to_owned).collect()
    }
    /// How many locations other senders had reported before, still in hand.
    pub fn reported_by_others(&self) -> usize {
        self.others.iter().filter(|o| !o.is_empty()).count()
    }
}

/// Links a notice that is about to be stored.
pub(super) fn link(
    tx: &mut Tx<'_>,
    kept: &Kept,
    reading: &Reading,
    owner_of: &[Option<CustomerId>],
) -> Result<Linked, ActionError> {
    let Understanding { notice, verdict, keys, .. } = reading.understood();
    let (keys, known_as) = (*keys, reading.understood().sender.as_deref());
    let met = known_as.map(|key| sender(tx, kept, notice, key)).transpose()?;
    let first = met.as_ref().is_some_and(|(_, first)| *first);
    let sender = met.map(|(sender, _)| sender);
    let exact = notice_keys::same_content(tx.conn, sender.as_ref().map(|s| s.id), keys)?;
    let mut linked = Linked {
        repeats: vec![None; notice.locations.len()],
        others: vec![Vec::new(); notice.locations.len()],
        ..Linked::default()
    };
    if verdict.class == Class::Complete {
        earlier(tx, notice, owner_of, (sender.as_ref(), keys), &mut linked)?;
    }
    let known = known(tx, sender.as_ref(), keys)?;
    let payment = reading.understood().payment.or_else(|| payment_words(&kept.prose));
    let seen = signal::look(notice, payment, kept.mail_failed.as_deref(), known);
    linked.route = route(tx, (sender.as_ref(), first), &seen);
    linked.confirm_by = confirm_by(tx, kept, notice, sender.as_ref());
    linked.ties = Ties {
        sender: sender.as_ref().map(|s| s.id),
        keys,
        cures: reading.cures,
        duplicate_of: repeated(exact, verdict.class, &linked.repeats, owner_of),
        signals: seen,
    };
    linked.sender = sender;
    Ok(linked)
}

/// The sender with a key, and whether this is the first notice of it.
fn sender(tx: &mut Tx<'_>, kept: &Kept, notice: &Notice, key: &str) -> Result<(Sender, bool), ActionError> {
    let (mut sender, first) = match senders::known(tx.conn, key)? {
        Some(known) => (known, false),
        None => (enter(tx, kept, notice, key)?, true),
    };
    let used = notice.complainant.name.to_lowercase();
    if !used.is_empty() {
        sender.names = senders::name_used(tx.conn, &sender, &used)?;
    }
    Ok((sender, first))
}

/// Adds a sender, and the domain its address is at. Whoever is known has its domain: an address stays where it is.
fn enter(tx: &mut Tx<'_>, kept: &Kept, notice: &Notice, key: &str) -> Result<Sender, ActionError> {
    let c = &notice.complainant;
    let domain = domain(tx, kept, notice)?;
    let name = c.called();
    let address = c.email.as_ref().map(|e| e.as_str().to_lowercase()).unwrap_or_default();
    let who = Sending { key, kind: SenderKind::Address, domain, name: &name, address: &address, channel: kept.channel };
    Ok(senders::add(tx.conn, &who, kept.received)?)
}

fn domain(tx: &mut Tx<'_>, kept: &Kept, notice: &Notice) -> Result<Option<SenderId>, ActionError> {
    let Some(key) = domain_key(notice.complainant.email.as_ref()) else { return Ok(None) };
    let name = key.trim_start_matches("d:");
    let who = Sending { key: &key, kind: SenderKind::Domain, domain: None, name, address: name, channel: kept.channel };
    Ok(Some(senders::meet(tx.conn, &who, kept.received)?.0.id))
}

fn known(tx: &mut Tx<'_>, sender: Option<&Sender>, keys: Keys) -> Result<Known, ActionError> {
    let Some(sender) = sender else { return Ok(Known::default()) };
    let new = tx.now.since(sender.first_at) < NEW;
    // No more are counted than it takes to be remarkable.
    let counted = i64::from(BURST);
    let since = tx.now - Span::days(1);
    let in_a_day = if new { 1 + notice_keys::sent_since(tx.conn, sender.id, since, counted)? } else { 0 };
    let same_body = notice_keys::same_body(tx.conn, sender.id, keys)?;
    Ok(Known { names: sender.names, in_a_day, new, same_body })
}

/// Whether settings route such a notice to a person, and why. It is complete all the same.
fn route(tx: &Tx<'_>, (sender, first): (Option<&Sender>, bool), seen: &[signal::Seen]) -> Option<String> {
    let rules = &tx.house.config.senders;
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
    let counts = |s: &&Sender| s.grade != Grade::First || first;
    if let Some(grade) = sender.filter(counts).map(|s| s.grade).filter(|g| rules.review_grades.contains(g)) {
        why.push(format!("Standing of the sender: {}", grade.label().1));
    }
    (!why.is_empty()).then(|| why.join("; "))
}

fn confirm_by(tx: &Tx<'_>, kept: &Kept, notice: &Notice, sender: Option<&Sender>) -> Option<Moment> {
    let asked = tx.house.config.senders.confirm_first && kept.channel == "form";
    let address = notice.complainant.email.as_ref().filter(|a| !tx.house.config.is_own_address(a));
    let unconfirmed = sender.is_some_and(|s| s.confirmed_at.is_none());
    (asked && unconfirmed && address.is_some()).then(|| tx.now + CONFIRM_WITHIN)
}

/// Finds, for each location, what was reported before and is still in hand.
fn earlier(
    tx: &mut Tx<'_>,
    notice: &Notice,
    owner_of: &[Option<CustomerId>],
    (sender, keys): (Option<&Sender>, Keys),
    linked: &mut Linked,
) -> Result<(), ActionError> {
    let key = |l: &Location, o: &Option<CustomerId>| o.map(|o| material_key(o, &l.canonical()));
    let wanted: HashSet<i64> = notice.locations.iter().zip(owner_of).filter_map(|(l, o)| key(l, o)).collect();
    let mut named: HashMap<i64, Vec<Named>> = HashMap::new();
    for found in material::named_before(tx.conn, &wanted.into_iter().collect::<Vec<_>>())? {
        named.entry(found.material).or_default().push(found);
    }
    let mut works = SameWorks { titles: titles(notice), keys, known: HashMap::new() };
    for (position, (location, owner)) in notice.locations.iter().zip(owner_of).enumerate() {
        let Some(before) = key(location, owner).and_then(|k| named.get(&k)) else { continue };
        let detail = if let Place::Network(net) = &location.place { net.detail.as_str() } else { "" };
        for found in before.iter().filter(|n| n.in_hand() && n.detail == detail) {
            let same_sender = sender.is_some_and(|s| found.sender == Some(s.id));
            if !same_sender {
                linked.others[position].push(found.clone());
            } else if linked.repeats[position].is_none() && works.same(tx, found)? {
                linked.repeats[position] = Some(found.clone());
            }
        }
    }
    Ok(())
}

fn titles(notice: &Notice) -> HashSet<String> {
    notice.works.iter().map(|w| w.shown().to_lowercase()).collect()
}

/// Whether an earlier notice is about one of the same works.
struct SameWorks {
    titles: HashSet<String>,
    keys: Keys,
    known: HashMap<NoticeId, bool>,
}

impl SameWorks {
    fn same(&mut self, tx: &mut Tx<'_>, found: &Named) -> Result<bool, ActionError> {
        if found.works_key == self.keys.works {
            return Ok(true);
        }
        if let Some(same) = self.known.get(&found.notice) {
            return Ok(*same);
        }
        if self.known.len() >= COMPARED {
            return Ok(false);
        }
        let works = works::of_notice(tx.conn, found.notice)?;
        let same = works.iter().any(|w| self.titles.contains(&w.shown().to_lowercase()));
        self.known.insert(found.notice, same);
        Ok(same)
    }
}

/// The notice that this one repeats: where all that is hosted repeats one notice, or where it is said again word for
/// word and nothing new follows from it. What is back after its case has ended is no repeat.
fn repeated(
    exact: Option<NoticeId>,
    class: Class,
    repeats: &[Option<Named>],
    owner_of: &[Option<CustomerId>],
) -> Option<NoticeId> {
    let opens = class == Class::Complete && owner_of.iter().zip(repeats).any(|(o, r)| o.is_some() && r.is_none());
    whole_repeat(repeats, owner_of).or(exact.filter(|_| !opens))
}

/// The notice that is repeated where everything hosted is, and by one notice.
fn whole_repeat(repeats: &[Option<Named>], owner_of: &[Option<CustomerId>]) -> Option<NoticeId> {
    let mut of = repeats.iter().zip(owner_of).filter(|(_, o)| o.is_some()).map(|(r, _)| r.as_ref().map(|n| n.notice));
    let first = of.next()??;
    of.all(|n| n == Some(first)).then_some(first)
}

/// Counts the notice for its sender, and asks a person where something was said again after an answer.
pub(super) fn count_sender(
    tx: &mut Tx<'_>,
    arriving: &Arriving<'_>,
    owner_of: &[Option<CustomerId>],
) -> Result<(), ActionError> {
    let class = arriving.verdict.class;
    let one = |yes: bool| i64::from(yes);
    let hosted = owner_of.iter().any(Option::is_some);
    let by = SenderCounts {
        sent: 1,
        complete: one(class == Class::Complete),
        curable: one(class == Class::Curable),
        defective: one(class == Class::Defective),
        unmatched: one(class == Class::Complete && !hosted),
        duplicate: one(arriving.linked.ties.duplicate_of.is_some()),
        ..SenderCounts::default()
    };
    if let Some(sender) = &arriving.linked.sender {
        let (name, channel) = (arriving.notice.complainant.called(), arriving.kept.channel);
        let tally = Tally { sender: sender.id, received_at: arriving.kept.received, name: &name, channel, by };
        sender_tallies::add(tx.conn, &tally)?;
    }
    let again: BTreeSet<_> = arriving
        .linked
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
            let note = format!("{} names it again; the customer says it is removed", arriving.reference);
            reviews::raise(tx.conn, ReviewKind::ReportedAgain, about, &note, tx.now)?;
        }
    }
    Ok(())
}
