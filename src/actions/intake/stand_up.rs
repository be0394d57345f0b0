//! What a notice repeated is over, such as by a withdrawal: its repeats stand for themselves. Each gets a case of its own,
//! or repeats another notice that may stand for it. What others sent is never taken along.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::admit_notice::{Named, Sent, admit, read};
use super::find_repeats::{Later, SameWorks};
use super::open_cases::{Opening, open_one};
use super::relations::route;
use super::tell_sender::ask_to_confirm;
use super::types::Gate;
use crate::actions::context::{ActionError, To, Tx};
use crate::domain::base::ids::{CaseId, CustomerId, NoticeId};
use crate::domain::intake::location::Location;
use crate::domain::record::event::intake::CaseCount;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::domain::regimes::us_512::finding::missing_elements;
use crate::storage::cases::{self, Case};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::{repeats, works};
use crate::storage::material::locations::LocationRow;
use crate::storage::material::same_material;
use crate::storage::{StorageError, customers, senders};

/// Repeats of one notice, by the ended case that they belonged to.
type Fallen = BTreeMap<CaseId, Vec<LocationRow>>;

/// Lets the repeats of locations that are over stand for themselves. Their customers are held by the caller.
pub(in crate::actions) fn stand_up(tx: &mut Tx<'_>, over: &[LocationRow]) -> Result<(), ActionError> {
    let case_of: HashMap<i64, CaseId> = over.iter().filter_map(|r| Some((r.id, CaseId(r.case_id?)))).collect();
    let ids: Vec<i64> = case_of.keys().copied().collect();
    let mut fallen: BTreeMap<NoticeId, Fallen> = BTreeMap::new();
    for row in repeats::of_locations(tx.conn, &ids)? {
        let Some(case) = row.duplicate_of.and_then(|id| case_of.get(&id)) else { continue };
        fallen.entry(NoticeId(row.notice_id)).or_default().entry(*case).or_default().push(row);
    }
    let mut waiting = Vec::new();
    for (id, rows) in fallen {
        waiting.push((notices::get(tx.conn, id)?, rows));
    }
    // Whoever is proved leads, and claims may repeat that.
    waiting.sort_by_key(|(notice, _)| (!notice.proof.is_identity(), notice.id));
    for (notice, rows) in waiting {
        raise(tx, &notice, rows, &case_of)?;
    }
    Ok(())
}

/// The repeats of one notice.
fn raise(
    tx: &mut Tx<'_>,
    notice: &NoticeRecord,
    fallen: Fallen,
    over: &HashMap<i64, CaseId>,
) -> Result<(), ActionError> {
    let works = works::of_notice(tx.conn, notice.id)?;
    let later = Later { sender: notice.sender, proof: notice.proof, works: &works };
    let mut standing: Fallen = BTreeMap::new();
    for (case, rows) in fallen {
        let alone = follow_others(tx, later, rows, over)?;
        if !alone.is_empty() {
            standing.insert(case, alone);
        }
    }
    if standing.is_empty() {
        return Ok(());
    }
    notices::stand_up(tx.conn, notice.id)?;
    let ended: Vec<CaseId> = standing.keys().copied().collect();
    let ended: HashMap<CaseId, Case> = cases::get_many(tx.conn, &ended)?.into_iter().map(|c| (c.id, c)).collect();
    let gate = gate(tx, notice, &standing, &ended)?;
    let mut opened = 0_usize;
    for (case, rows) in &standing {
        let Some(ended) = ended.get(case) else { continue };
        open(tx, notice, (ended, rows), &gate)?;
        opened += 1;
    }
    let event = Event::NoticeStoodUp(CaseCount { cases: opened });
    tx.event(Subject::Notice(notice.id), &Actor::System, event)?;
    ask(tx, notice, &gate)
}

/// Rows that nothing else in hand may stand for; the others repeat that from now on.
fn follow_others(
    tx: &mut Tx<'_>,
    later: Later<'_>,
    rows: Vec<LocationRow>,
    over: &HashMap<i64, CaseId>,
) -> Result<Vec<LocationRow>, ActionError> {
    let materials: Vec<i64> = rows.iter().map(|r| r.material).collect();
    let mut named = same_material::named_before(tx.conn, &materials)?;
    // What is over may still look as it stood: its case is ended next.
    named.retain(|n| n.in_hand() && !over.contains_key(&n.location));
    let mut same = SameWorks::of(later.works);
    let mut alone = Vec::new();
    for row in rows {
        let mut leader = None;
        for found in named.iter().filter(|n| n.material == row.material && n.detail == row.detail) {
            let theirs = later.sender.is_some() && found.sender == later.sender && found.notice.0 != row.notice_id;
            if theirs && found.may_swallow((later.proof, later.sender)) && same.same(tx, found)? {
                leader = Some(found.location);
                break;
            }
        }
        match leader {
            Some(leader) => repeats::follow(tx.conn, row.id, leader)?,
            None => alone.push(row),
        }
    }
    Ok(alone)
}

/// Whether they are forwarded at once: by the rule for what arrives, as of now.
fn gate(
    tx: &mut Tx<'_>,
    notice: &NoticeRecord,
    standing: &Fallen,
    ended: &HashMap<CaseId, Case>,
) -> Result<Gate, ActionError> {
    let sender = notice.sender.map(|id| senders::get(tx.conn, id)).transpose()?;
    let rows: Vec<LocationRow> = standing.values().flatten().cloned().collect();
    let of: BTreeSet<CustomerId> = ended.values().map(|c| c.customer_id).collect();
    let address = notice.complainant.email.as_ref();
    // Staff have seen none of it: it was in no list.
    let sent = Sent { proof: notice.proof, sender: sender.as_ref(), address, seen_by_staff: false };
    let mut gate = admit(tx, sent, &Named::of_rows(notice.id, of.len(), &rows))?;
    gate.route = route(tx, (sender.as_ref(), false), notice.proof, &notice.signals);
    Ok(gate)
}

fn open(
    tx: &mut Tx<'_>,
    notice: &NoticeRecord,
    (ended, rows): (&Case, &[LocationRow]),
    gate: &Gate,
) -> Result<(), ActionError> {
    let customer = customers::get_many(tx.conn, &[ended.customer_id])?.pop();
    let customer =
        customer.ok_or_else(|| StorageError::NotFound { table: "customers", id: ended.customer_id.to_string() })?;
    let read: Vec<Location> = rows.iter().map(read).collect();
    let published = tx.policy()?;
    let opening = Opening {
        notice: (notice.id, &notice.reference),
        received: notice.received_at,
        complainant: &notice.complainant,
        missing: missing_elements(&notice.findings).len(),
        customer: &customer,
        site: read.iter().find_map(Location::site).unwrap_or_else(|| ended.site.clone()),
        locations: rows.len(),
        whole_sites: rows.iter().all(|r| r.kind == "web") && read.iter().all(Location::is_whole_site),
        overlaps: Vec::new(),
        instead_of: Some(&ended.reference),
        gate,
    };
    let opened = open_one(tx, &opening, &published.policy)?;
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    Ok(repeats::lead(tx.conn, &ids, opened.id, tx.now)?)
}

/// Asks the sender to confirm, where the cases wait for that.
fn ask(tx: &mut Tx<'_>, notice: &NoticeRecord, gate: &Gate) -> Result<(), ActionError> {
    let (Some(by), Some(address)) = (gate.confirm_by, notice.complainant.email.as_ref()) else { return Ok(()) };
    let to = To { name: &notice.complainant.name, address: address.as_str() };
    ask_to_confirm(tx, (notice.id, &notice.reference), notice.received_at, by, &to)
}
