//! The notice goes to the customer, with a link of its own for each contact. The clock runs once somebody is reached.

use super::send_notice::{letter, write_to_each};
use crate::actions::context::{About, ActionError, To, Tx};
use crate::domain::base::ids::CaseId;
use crate::domain::cases::case::CaseState;
use crate::domain::record::event::cases::ContactCount;
use crate::domain::record::event::{Actor, Event, Nothing, Subject};
use crate::mail::letter::Letter;
use crate::mail::letters::Due;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::cases::{self, Case};
use crate::storage::customers;
use crate::storage::customers::contacts::{self, Contact};
use crate::storage::intake::notices;

/// Reviews that end when the case is forwarded.
pub(in crate::actions) const SETTLED: [ReviewKind; 6] = [
    ReviewKind::WholeSite,
    ReviewKind::NoContact,
    ReviewKind::Signals,
    ReviewKind::Unconfirmed,
    ReviewKind::Unproved,
    ReviewKind::ManyCustomers,
];

/// Forwards a case to every contact of the customer. Without a contact it goes to review.
pub fn forward_case(tx: &mut Tx<'_>, id: CaseId, actor: &Actor) -> Result<(), ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let customer = customers::get(tx.conn, case.customer_id)?;
    let published = tx.policy()?;
    let policy = &published.policy;
    let period = policy.segment(&customer.segment).deadline;
    let state = case.state.forward(tx.now, period)?;
    let contacts = contacts::of_customer(tx.conn, customer.id)?;
    if contacts.is_empty() {
        return no_contact(tx, &mut case);
    }
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    reviews::done_for_case(tx.conn, case.id, &SETTLED, &actor.to_string(), tx.now)?;
    let notice = notices::get(tx.conn, case.notice_id)?;
    let mut letter = letter(tx, (&case, &notice, &customer), Due::AfterDelivery(period), policy)?;
    write_to_each(tx, &case, &contacts, &mut letter)?;
    let event = Event::CaseForwarded(ContactCount { contacts: contacts.len() });
    tx.event(Subject::Case(case.id), actor, event)
}

fn no_contact(tx: &mut Tx<'_>, case: &mut Case) -> Result<(), ActionError> {
    if case.state != CaseState::InReview {
        cases::set_state(tx.conn, case, CaseState::InReview, tx.now)?;
        let about = reviews::About { case: Some(case.id), ..reviews::About::default() };
        let note = "The account has no contact. Add one, then forward the case.";
        reviews::raise(tx.conn, ReviewKind::NoContact, about, note, tx.now)?;
        return tx.event(Subject::Case(case.id), &Actor::System, Event::CaseNoContact(Nothing {}));
    }
    Err(ActionError::Refused("The account has no contact to write to. Import one first.".to_owned()))
}

/// Writes to every contact of a case's customer, each letter made anew so that it carries a link of its own.
/// Returns how many were written to.
pub(in crate::actions) fn write_to_contacts<L: Letter>(
    tx: &mut Tx<'_>,
    case: &Case,
    make: impl FnMut(&mut Tx<'_>) -> Result<L, ActionError>,
) -> Result<usize, ActionError> {
    let contacts = contacts::of_customer(tx.conn, case.customer_id)?;
    write_to(tx, case, &contacts, make)
}

/// The same, to some contacts.
pub(in crate::actions) fn write_to<L: Letter>(
    tx: &mut Tx<'_>,
    case: &Case,
    contacts: &[Contact],
    mut make: impl FnMut(&mut Tx<'_>) -> Result<L, ActionError>,
) -> Result<usize, ActionError> {
    let about = About { case: Some(case.id), customer: Some(case.customer_id), ..About::default() };
    for contact in contacts {
        let letter = make(tx)?;
        tx.queue(&letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    Ok(contacts.len())
}

/// Writes the same letter, without a link, to every contact of a case's customer.
pub(in crate::actions) fn copy_to_contacts<L: Letter>(
    tx: &mut Tx<'_>,
    case: &Case,
    letter: &L,
) -> Result<(), ActionError> {
    let about = About { case: Some(case.id), customer: Some(case.customer_id), ..About::default() };
    for contact in contacts::of_customer(tx.conn, case.customer_id)? {
        tx.queue(letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    Ok(())
}
