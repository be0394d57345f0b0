//! The notice goes to the customer, with a deadline and a link of its own for each contact.

use std::collections::BTreeSet;

use super::{About, ActionError, To, Tx};
use crate::domain::case::CaseState;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::CaseId;
use crate::domain::moment::Moment;
use crate::domain::notice::Work;
use crate::domain::policy::Policy;
use crate::domain::token::PlainToken;
use crate::mail::letter::Letter;
use crate::mail::letters::{Due, NoticeToCustomer};
use crate::storage::cases::Case;
use crate::storage::contacts::{self, Contact};
use crate::storage::customers::Customer;
use crate::storage::letters::LetterRow;
use crate::storage::links::Target;
use crate::storage::locations::LocationRow;
use crate::storage::notices::NoticeRecord;
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::{cases, customers, letters, links, locations, material, notices, works};

/// Most locations loaded for a letter; the intake limit is lower by default.
const ALL: i64 = 100_000;

/// A case put into words, to be forwarded: read and written beside the one writer of the embedded database, which then
/// only stores it.
#[derive(Clone, Debug)]
pub struct Forwarding {
    case: Case,
    /// What it comes into; the deadline counts from when it was read.
    state: CaseState,
    deadline: Moment,
    contacts: Vec<Contact>,
    /// A letter for each contact, with the link of its own that is in it.
    letters: Vec<(PlainToken, Letter)>,
}

/// Forwards a case to every contact of the customer. Without a contact it goes to review.
pub fn forward_case(tx: &mut Tx<'_>, id: CaseId, actor: &Actor) -> Result<(), ActionError> {
    let ready = prepare_forwarding(tx, id)?;
    forward(tx, ready, actor)
}

/// As [`forward_case`], with what was prepared before the transaction; made anew where other contacts are there by now.
pub fn forward_prepared(tx: &mut Tx<'_>, ready: Forwarding, actor: &Actor) -> Result<(), ActionError> {
    if contacts::of_customer(tx.conn, ready.case.customer_id)? == ready.contacts {
        forward(tx, ready, actor)
    } else {
        forward_case(tx, ready.case.id, actor)
    }
}

/// Reads what the letters say and puts them into words; changes nothing.
pub fn prepare_forwarding(tx: &mut Tx<'_>, id: CaseId) -> Result<Forwarding, ActionError> {
    let case = cases::get(tx.conn, id)?;
    let customer = customers::get(tx.conn, case.customer_id)?;
    let published = tx.policy()?;
    let policy = &published.policy;
    let deadline = tx.now + policy.segment(&customer.segment).deadline;
    let state = case.state.forward(tx.now, deadline)?;
    let contacts = contacts::of_customer(tx.conn, customer.id)?;
    let mut letters = Vec::with_capacity(contacts.len());
    if !contacts.is_empty() {
        let notice = notices::get(tx.conn, case.notice_id)?;
        let mut data = letter(tx, (&case, &notice, &customer), deadline, policy)?;
        let sender = tx.sender();
        for _ in &contacts {
            let token = tx.house.entropy.link(tx.now);
            data.link = case_link(tx, &token);
            letters.push((token, data.letter(&sender)?));
        }
    }
    Ok(Forwarding { case, state, deadline, contacts, letters })
}

/// Stores a forwarding; a case that has changed since it was read is a conflict.
fn forward(tx: &mut Tx<'_>, ready: Forwarding, actor: &Actor) -> Result<(), ActionError> {
    let Forwarding { mut case, state, deadline, contacts, letters } = ready;
    if contacts.is_empty() {
        return no_contact(tx, &mut case);
    }
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    let settled = [ReviewKind::WholeSite, ReviewKind::NoContact, ReviewKind::Signals, ReviewKind::Unconfirmed];
    reviews::done_for_case(tx.conn, case.id, Some(&settled), &actor.to_string(), tx.now)?;
    let about = About { case: Some(case.id), customer: Some(case.customer_id), ..About::default() };
    for (contact, (token, letter)) in contacts.iter().zip(letters) {
        store_case_link(tx, case.id, &token)?;
        tx.queue(letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    let what = Happening::new("case.forwarded").fact("deadline", deadline.iso()).fact("contacts", contacts.len());
    tx.event(Subject::Case(case.id), actor, &what)
}

fn no_contact(tx: &mut Tx<'_>, case: &mut Case) -> Result<(), ActionError> {
    if case.state != CaseState::InReview {
        cases::set_state(tx.conn, case, CaseState::InReview, tx.now)?;
        let about = reviews::About { case: Some(case.id), ..reviews::About::default() };
        let note = "The account has no contact. Add one, then forward the case.";
        reviews::raise(tx.conn, ReviewKind::NoContact, about, note, tx.now)?;
        return tx.event(Subject::Case(case.id), &Actor::System, &Happening::new("case.no_contact"));
    }
    Err(ActionError::Refused("The account has no contact to write to. Import one first.".to_owned()))
}

/// A fresh link to a case for one letter.
pub(super) fn fresh_link(tx: &mut Tx<'_>, case: CaseId) -> Result<String, ActionError> {
    let token = tx.house.entropy.link(tx.now);
    store_case_link(tx, case, &token)?;
    Ok(case_link(tx, &token))
}

fn case_link(tx: &Tx<'_>, token: &PlainToken) -> String {
    tx.url(&format!("/respond/{}", token.reveal()))
}

fn store_case_link(tx: &mut Tx<'_>, case: CaseId, token: &PlainToken) -> Result<(), ActionError> {
    let expires = tx.now + tx.house.config.mail.link_lifetime;
    Ok(links::insert(tx.conn, token, Target::Case(case), expires, tx.now)?)
}

/// A link to the page of the counter-notice; it lives longer, as the statute sets no limit.
pub(super) fn counter_link(tx: &mut Tx<'_>, case: CaseId) -> Result<String, ActionError> {
    let token = tx.house.entropy.link(tx.now);
    let expires = tx.now + tx.house.config.mail.counter_link_lifetime;
    links::insert(tx.conn, &token, Target::Case(case), expires, tx.now)?;
    Ok(tx.url(&format!("/respond/{}/counter-notice", token.reveal())))
}

/// Writes to every contact of a case's customer, each letter made anew so that it carries a link of its own.
/// Returns how many were written to.
pub(super) fn write_to_contacts(
    tx: &mut Tx<'_>,
    case: &Case,
    mut make: impl FnMut(&mut Tx<'_>) -> Result<Letter, ActionError>,
) -> Result<usize, ActionError> {
    let contacts = contacts::of_customer(tx.conn, case.customer_id)?;
    let about = About { case: Some(case.id), customer: Some(case.customer_id), ..About::default() };
    for contact in &contacts {
        let letter = make(tx)?;
        tx.queue(letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    Ok(contacts.len())
}

/// A letter to a contact did not arrive: writes to contacts of the customer that have not been written to about
/// the case yet, such as one added since. The deadline stays as it is.
pub(super) fn reach_others(tx: &mut Tx<'_>, lost: &LetterRow) -> Result<(), ActionError> {
    let Some(id) = lost.case_id.map(CaseId).filter(|_| lost.customer_id.is_some() && lost.carries_deadline) else {
        return Ok(());
    };
    let case = cases::get(tx.conn, id)?;
    let CaseState::Awaiting(forwarded) = case.state else { return Ok(()) };
    let written: Vec<String> = letters::of_case(tx.conn, id)?.into_iter().map(|l| l.to_address).collect();
    let mut others = contacts::of_customer(tx.conn, case.customer_id)?;
    others.retain(|c| c.failed_at.is_none() && !written.contains(&c.email));
    if others.is_empty() {
        return Ok(());
    }
    let (notice, customer) = (notices::get(tx.conn, case.notice_id)?, customers::get(tx.conn, case.customer_id)?);
    let published = tx.policy()?;
    let policy = &published.policy;
    let mut data = letter(tx, (&case, &notice, &customer), forwarded.deadline, policy)?;
    let about = About { case: Some(id), customer: Some(case.customer_id), ..About::default() };
    for contact in &others {
        data.link = fresh_link(tx, id)?;
        let letter = data.letter(&tx.sender())?;
        tx.queue(letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    tx.event(Subject::Case(id), &Actor::System, &Happening::new("case.next_contact").fact("contacts", others.len()))
}

/// Everything the letter says but the link, which each contact gets for itself.
fn letter(
    tx: &mut Tx<'_>,
    (case, notice, customer): (&Case, &NoticeRecord, &Customer),
    deadline: Moment,
    policy: &Policy,
) -> Result<NoticeToCustomer, ActionError> {
    let works = works::of_notice(tx.conn, notice.id)?;
    let rows = locations::of_case(tx.conn, case.id, 0, ALL)?;
    let also_in = also_in(tx, case, &rows)?;
    Ok(NoticeToCustomer {
        also_in,
        site: case.site.clone(),
        case: case.reference.to_string(),
        account: customer.name.clone(),
        account_number: customer.external_id.clone(),
        due: Due::new(deadline, &tx.house.config.agent.time_zone),
        link: String::new(),
        works: Work::list(&works, 20),
        reported_by: notice.reported_by(),
        reach: notice.complainant.reach(tx.house.config.mail.share_full_contact),
        received: notice.received_at.long(),
        locations: rows.iter().map(LocationRow::told).collect(),
        statements: notice.statements.made(),
        strike_period: policy.strike_expiry.as_period(),
        extension: policy.extension.as_period(),
        downstream: case.downstream,
    })
}

/// Cases of other notices in hand about some of the same material: for the customer they are one incident.
fn also_in(tx: &mut Tx<'_>, case: &Case, rows: &[LocationRow]) -> Result<Vec<String>, ActionError> {
    let materials: Vec<i64> = rows.iter().map(|r| r.material).collect();
    let named = material::named_before(tx.conn, &materials)?;
    let others: BTreeSet<String> =
        named.into_iter().filter(|n| n.case != case.id && n.in_hand()).map(|n| n.case_reference).collect();
    Ok(others.into_iter().take(5).collect())
}
