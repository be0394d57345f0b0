//! The notice goes to the customer, with a link of its own for each contact. The clock runs once somebody is reached.

use super::send_notice::letter;
use super::{About, ActionError, To, Tx};
use crate::domain::case::CaseState;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::CaseId;
use crate::domain::token::PlainToken;
use crate::mail::letter::Letter;
use crate::storage::cases::Case;
use crate::storage::contacts::{self, Contact};
use crate::storage::links::Target;
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::{cases, customers, links, notices};

/// Reviews that end when the case is forwarded.
pub(super) const SETTLED: [ReviewKind; 6] = [
    ReviewKind::WholeSite,
    ReviewKind::NoContact,
    ReviewKind::Signals,
    ReviewKind::Unconfirmed,
    ReviewKind::Unproved,
    ReviewKind::ManyCustomers,
];

/// A case put into words, to be forwarded: read and written beside the one writer of the embedded database, which then
/// only stores it.
#[derive(Clone, Debug)]
pub struct Forwarding {
    case: Case,
    /// What it comes into; no clock runs before somebody is reached.
    state: CaseState,
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
    let period = policy.segment(&customer.segment).deadline;
    let state = case.state.forward(tx.now, period)?;
    let contacts = contacts::of_customer(tx.conn, customer.id)?;
    let mut letters = Vec::with_capacity(contacts.len());
    if !contacts.is_empty() {
        let notice = notices::get(tx.conn, case.notice_id)?;
        let mut data = letter(tx, (&case, &notice, &customer), tx.now + period, policy)?;
        let sender = tx.sender();
        for _ in &contacts {
            let token = tx.house.entropy.link(tx.now);
            data.link = case_link(tx, &token);
            letters.push((token, data.letter(&sender)?));
        }
    }
    Ok(Forwarding { case, state, contacts, letters })
}

/// Stores a forwarding; a case that has changed since it was read is a conflict.
fn forward(tx: &mut Tx<'_>, ready: Forwarding, actor: &Actor) -> Result<(), ActionError> {
    let Forwarding { mut case, state, contacts, letters } = ready;
    if contacts.is_empty() {
        return no_contact(tx, &mut case);
    }
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    reviews::done_for_case(tx.conn, case.id, Some(&SETTLED), &actor.to_string(), tx.now)?;
    let about = About { case: Some(case.id), customer: Some(case.customer_id), ..About::default() };
    for (contact, (token, letter)) in contacts.iter().zip(letters) {
        store_case_link(tx, case.id, &token)?;
        tx.queue(letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    let what = Happening::new("case.forwarded").fact("contacts", contacts.len());
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
    make: impl FnMut(&mut Tx<'_>) -> Result<Letter, ActionError>,
) -> Result<usize, ActionError> {
    let contacts = contacts::of_customer(tx.conn, case.customer_id)?;
    write_to(tx, case, &contacts, make)
}

/// The same, to some contacts.
pub(super) fn write_to(
    tx: &mut Tx<'_>,
    case: &Case,
    contacts: &[Contact],
    mut make: impl FnMut(&mut Tx<'_>) -> Result<Letter, ActionError>,
) -> Result<usize, ActionError> {
    let about = About { case: Some(case.id), customer: Some(case.customer_id), ..About::default() };
    for contact in contacts {
        let letter = make(tx)?;
        tx.queue(letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    Ok(contacts.len())
}
