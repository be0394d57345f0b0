//! A complete notice opens one case for each customer whose material it names for the first time.

use std::collections::BTreeMap;

use super::types::{Gate, NoticeDraft, Opened};
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::{CaseId, CustomerId, Kind, NoticeId, Reference};
use crate::domain::base::moment::Moment;
use crate::domain::cases::case::CaseState;
use crate::domain::enforcement::policy::Policy;
use crate::domain::intake::admission::Admission;
use crate::domain::intake::location::Location;
use crate::domain::intake::notice::Complainant;
use crate::domain::record::event::cases::CaseOpened;
use crate::domain::record::event::{Actor, Beside, Event, Owners, Recorded, Subject};
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::regimes::us_512::finding::{Code, missing_elements};
use crate::storage::StorageError;
use crate::storage::cases;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::customers::{self, Customer};

/// Positions of the locations of each customer, in the order of row numbers.
type Groups = BTreeMap<CustomerId, Vec<usize>>;

/// Repeats of what is in hand open nothing: the customer has been told of them.
fn group(
    owner_of: &[Option<CustomerId>],
    repeats: &[Option<crate::storage::material::same_material::Named>],
) -> Groups {
    let mut groups = Groups::new();
    for (position, (owner, repeat)) in owner_of.iter().zip(repeats).enumerate() {
        if let (Some(owner), None) = (owner, repeat) {
            groups.entry(*owner).or_default().push(position);
        }
    }
    groups
}

/// Opens the cases of a notice.
pub(in crate::actions) fn open_cases(
    tx: &mut Tx<'_>,
    draft: &mut NoticeDraft<'_>,
    owner_of: &[Option<CustomerId>],
) -> Result<BTreeMap<CustomerId, CaseId>, ActionError> {
    let mut case_of = BTreeMap::new();
    if draft.verdict.class != Class::Complete {
        return Ok(case_of);
    }
    let groups = group(owner_of, &draft.relations.repeats);
    let ids: Vec<CustomerId> = groups.keys().copied().collect();
    // They are held since before they were looked at: each case is numbered after the one before it.
    let known: BTreeMap<CustomerId, Customer> =
        customers::get_many(tx.conn, &ids)?.into_iter().map(|c| (c.id, c)).collect();
    let published = tx.policy()?;
    let policy = &published.policy;
    for (owner, positions) in &groups {
        let customer = known.get(owner).ok_or(StorageError::NotFound { table: "customers", id: owner.to_string() })?;
        case_of.insert(*owner, open_case(tx, draft, customer, positions, policy)?);
    }
    Ok(case_of)
}

/// A case about to be opened.
pub(in crate::actions) struct Opening<'a> {
    pub notice: (NoticeId, &'a Reference),
    pub received: Moment,
    pub complainant: &'a Complainant,
    /// How many of the six elements are missing.
    pub missing: usize,
    pub customer: &'a Customer,
    pub site: String,
    pub locations: usize,
    /// Only whole sites are named.
    pub whole_sites: bool,
    /// References of other cases in hand about the same material.
    pub overlaps: Vec<String>,
    /// The case that ended and whose repeats it is about.
    pub instead_of: Option<&'a Reference>,
    pub gate: &'a Gate,
}

impl Opening<'_> {
    /// How the case begins, and what a person should look at.
    fn beginning(&self) -> (CaseState, Vec<(ReviewKind, String)>) {
        let mut look = Vec::new();
        // A claim on whole sites alone does not say where the material is: a person decides.
        if self.whole_sites {
            look.push((ReviewKind::WholeSite, Code::LocationWholeDomain.remedy().to_owned()));
        }
        if let Some(why) = &self.gate.route {
            look.push((ReviewKind::Signals, why.clone()));
        }
        match self.gate.admission {
            Admission::ManyCustomers => look.push((ReviewKind::ManyCustomers, String::new())),
            Admission::Unproved => look.push((ReviewKind::Unproved, String::new())),
            Admission::AtOnce | Admission::Confirm => {}
        }
        let state = match self.gate.confirm_by {
            _ if !look.is_empty() => CaseState::InReview,
            Some(by) => CaseState::Unconfirmed(by),
            None => CaseState::Received,
        };
        (state, look)
    }
}

fn open_case(
    tx: &mut Tx<'_>,
    draft: &mut NoticeDraft<'_>,
    customer: &Customer,
    positions: &[usize],
    policy: &Policy,
) -> Result<CaseId, ActionError> {
    let of_case: Vec<&Location> = positions.iter().filter_map(|p| draft.notice.locations.get(*p)).collect();
    let opening = Opening {
        notice: (draft.id, &draft.reference),
        received: draft.kept.received,
        complainant: &draft.notice.complainant,
        missing: missing_elements(&draft.verdict.findings).len(),
        customer,
        site: of_case.iter().find_map(|l| l.site()).unwrap_or_default(),
        locations: positions.len(),
        whole_sites: of_case.iter().all(|l| l.is_whole_site()),
        overlaps: draft.relations.overlaps(positions),
        instead_of: None,
        gate: &draft.relations.gate,
    };
    let opened = open_one(tx, &opening, policy)?;
    let id = opened.id;
    draft.opened.push(opened);
    Ok(id)
}

/// Opens one case.
pub(in crate::actions) fn open_one(
    tx: &mut Tx<'_>,
    opening: &Opening<'_>,
    policy: &Policy,
) -> Result<Opened, ActionError> {
    let (customer, (notice, notice_reference)) = (opening.customer, opening.notice);
    let (state, look) = opening.beginning();
    let new = cases::NewCase {
        notice_id: notice,
        customer_id: customer.id,
        ordinal: customer.cases + 1,
        state,
        downstream: policy.segment(&customer.segment).downstream_provider,
        site: &opening.site,
        segment: &customer.segment,
        sender: &opening.complainant.called(),
        locations: opening.locations,
        missing: opening.missing,
        received_at: opening.received,
    };
    let (id, reference) =
        tx.under_fresh_reference(Kind::Case, |conn, reference| cases::insert(conn, reference, &new))?;
    let what = CaseOpened {
        notice: notice_reference.to_string(),
        locations: opening.locations,
        also_in: opening.overlaps.clone(),
        instead_of: opening.instead_of.map(ToString::to_string),
        customer: customer.external_id.as_str().into(),
    };
    let owners = Owners { customer: Some(customer.id), sender: None, notice: Some(notice) };
    let beside = Beside { case_state: Some(new.state.code().to_owned()), ..Beside::default() };
    let what = Recorded { event: Event::CaseOpened(what), beside };
    tx.first_event(Subject::Case(id), owners, &Actor::System, &what)?;
    for (kind, note) in look {
        let about = reviews::About { case: Some(id), ..reviews::About::default() };
        reviews::raise(tx.conn, kind, about, &note, tx.now)?;
    }
    Ok(Opened { id, reference })
}
