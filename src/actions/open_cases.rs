//! A complete notice opens one case for each customer whose material it names for the first time.

use std::collections::BTreeMap;

use super::receive_notice::{Arriving, Opened};
use super::{ActionError, Tx};
use crate::domain::case::CaseState;
use crate::domain::elements::Class;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::finding::{Code, missing_elements};
use crate::domain::ids::{CaseId, CustomerId, Kind};
use crate::domain::location::Location;
use crate::domain::policy::Policy;
use crate::storage::customers::Customer;
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::{StorageError, cases, customers};

/// Positions of the locations of each customer, in the order of row numbers.
type Groups = BTreeMap<CustomerId, Vec<usize>>;

/// Repeats of what is in hand open nothing: the customer has been told of them.
fn group(owner_of: &[Option<CustomerId>], repeats: &[Option<crate::storage::material::Named>]) -> Groups {
    let mut groups = Groups::new();
    for (position, (owner, repeat)) in owner_of.iter().zip(repeats).enumerate() {
        if let (Some(owner), None) = (owner, repeat) {
            groups.entry(*owner).or_default().push(position);
        }
    }
    groups
}

/// Opens the cases of a notice.
pub(super) fn open_cases(
    tx: &mut Tx<'_>,
    arriving: &mut Arriving<'_>,
    owner_of: &[Option<CustomerId>],
) -> Result<BTreeMap<CustomerId, CaseId>, ActionError> {
    let mut case_of = BTreeMap::new();
    if arriving.verdict.class != Class::Complete {
        return Ok(case_of);
    }
    let groups = group(owner_of, &arriving.linked.repeats);
    let ids: Vec<CustomerId> = groups.keys().copied().collect();
    // They are held since before they were looked at: each case is numbered after the one before it.
    let known: BTreeMap<CustomerId, Customer> =
        customers::get_many(tx.conn, &ids)?.into_iter().map(|c| (c.id, c)).collect();
    let published = tx.policy()?;
    let policy = &published.policy;
    for (owner, positions) in &groups {
        let customer = known.get(owner).ok_or(StorageError::NotFound { table: "customers", id: owner.to_string() })?;
        case_of.insert(*owner, open_case(tx, arriving, customer, positions, policy)?);
    }
    Ok(case_of)
}

/// How a case begins, and what a person should look at.
fn beginning(arriving: &Arriving<'_>, of_case: &[&Location]) -> (CaseState, Vec<(ReviewKind, String)>) {
    let mut look = Vec::new();
    // A claim on whole sites alone does not say where the material is: a person decides.
    if of_case.iter().all(|l| l.is_whole_site()) {
        look.push((ReviewKind::WholeSite, Code::LocationWholeDomain.remedy().to_owned()));
    }
    if let Some(why) = &arriving.linked.route {
        look.push((ReviewKind::Signals, why.clone()));
    }
    let state = match arriving.linked.confirm_by {
        _ if !look.is_empty() => CaseState::InReview,
        Some(by) => CaseState::Unconfirmed(by),
        None => CaseState::Received,
    };
    (state, look)
}

fn open_case(
    tx: &mut Tx<'_>,
    arriving: &mut Arriving<'_>,
    customer: &Customer,
    positions: &[usize],
    policy: &Policy,
) -> Result<CaseId, ActionError> {
    let of_case: Vec<&Location> = positions.iter().filter_map(|p| arriving.notice.locations.get(*p)).collect();
    let site = of_case.iter().find_map(|l| l.site()).unwrap_or_default();
    let (state, look) = beginning(arriving, &of_case);
    let c = &arriving.notice.complainant;
    let new = cases::NewCase {
        notice_id: arriving.id,
        customer_id: customer.id,
        ordinal: customer.cases + 1,
        state,
        downstream: policy.segment(&customer.segment).downstream_provider,
        site: &site,
        segment: &customer.segment,
        sender: &c.called(),
        locations: positions.len(),
        missing: missing_elements(&arriving.verdict.findings).len(),
        received_at: arriving.kept.received,
    };
    let drawn = arriving.prepared.and_then(|p| p.cases.get(arriving.opened.len()));
    let (id, reference) =
        tx.under_fresh_reference(Kind::Case, drawn, |conn, reference| cases::insert(conn, reference, &new))?;
    let overlaps = arriving.linked.overlaps(positions);
    let what = Happening::new("case.opened")
        .fact("notice", arriving.reference.as_str())
        .fact("customer", customer.external_id.as_str())
        .fact("locations", positions.len())
        .fact("case_state", new.state.code());
    let what = if overlaps.is_empty() { what } else { what.fact("also_in", overlaps) };
    tx.first_event(Subject::Case(id), &Actor::System, &what)?;
    for (kind, note) in look {
        let about = reviews::About { case: Some(id), ..reviews::About::default() };
        reviews::raise(tx.conn, kind, about, &note, tx.now)?;
    }
    arriving.opened.push(Opened { id, reference });
    Ok(id)
}
