//! The letter that tells a customer of a notice, to contacts that have none yet or again to all of them.

use std::collections::BTreeSet;

use crate::actions::access::private_links::fresh_link;
use crate::actions::context::{About, ActionError, To, Tx};
use crate::domain::base::ids::{CaseId, CustomerId};
use crate::domain::cases::case::CaseState;
use crate::domain::enforcement::policy::Policy;
use crate::domain::intake::notice::Work;
use crate::domain::record::event::cases::ContactCount;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::mail::letters::{Due, NoticeToCustomer};
use crate::storage::cases::{self, Case, due_cases};
use crate::storage::customers::contacts::{self, Contact};
use crate::storage::customers::{self, Customer};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::works;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::material::same_material;
use crate::storage::outbox::letters::{self, LetterRow};

/// Most locations loaded for a letter; the intake limit is lower by default.
const ALL: i64 = 100_000;
/// Letters about a case that an address may lose before only a person writes to it again.
const LOST: usize = 2;

/// Writes to contacts that have no letter about the case: one added since, or one whose letter was lost while another
/// one since has been taken over. Returns how many.
pub(in crate::actions) fn reach_others(tx: &mut Tx<'_>, case: &Case) -> Result<usize, ActionError> {
    let written = letters::of_case(tx.conn, case.id)?;
    let of = |email: &str, lost: bool| {
        let to = |l: &&LetterRow| l.to_address == email && l.tells_of_case() && l.is_lost() == lost;
        written.iter().filter(to).count()
    };
    let mut others = contacts::of_customer(tx.conn, case.customer_id)?;
    others.retain(|c| c.failed_at.is_none() && of(&c.email, false) == 0 && of(&c.email, true) < LOST);
    send_notice(tx, case, &others)?;
    Ok(others.len())
}

/// The contacts of customers have changed: those of cases nobody was reached for are written to.
pub(in crate::actions) fn contacts_changed(
    tx: &mut Tx<'_>,
    customers: &[CustomerId],
    actor: &Actor,
) -> Result<(), ActionError> {
    for id in due_cases::not_reached_of(tx.conn, customers)? {
        let case = cases::get(tx.conn, id)?;
        let written = reach_others(tx, &case)?;
        if written > 0 {
            tx.event(Subject::Case(id), actor, Event::CaseSentAgain(ContactCount { contacts: written }))?;
        }
    }
    Ok(())
}

/// Staff send the notice again, to every contact that has no letter on its way; nobody has been reached yet.
pub fn send_again(tx: &mut Tx<'_>, id: CaseId, actor: &Actor) -> Result<(), ActionError> {
    let case = cases::get(tx.conn, id)?;
    if !matches!(case.state, CaseState::Undelivered(_)) {
        let words = "The notice can be sent again only while no one has been reached. Send a reminder instead.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    let written = letters::of_case(tx.conn, id)?;
    let mut to = contacts::of_customer(tx.conn, case.customer_id)?;
    to.retain(|c| !written.iter().any(|l| l.to_address == c.email && l.tells_of_case() && l.is_on_its_way()));
    if to.is_empty() {
        let words =
            "A letter to every contact is on its way already, or there is no contact. Change the contact first.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    send_notice(tx, &case, &to)?;
    tx.event(Subject::Case(id), actor, Event::CaseSentAgain(ContactCount { contacts: to.len() }))
}

fn send_notice(tx: &mut Tx<'_>, case: &Case, to: &[Contact]) -> Result<(), ActionError> {
    if to.is_empty() {
        return Ok(());
    }
    let (notice, customer) = (notices::get(tx.conn, case.notice_id)?, customers::get(tx.conn, case.customer_id)?);
    let published = tx.policy()?;
    let policy = &published.policy;
    let due = match &case.state {
        CaseState::Undelivered(u) => Due::AfterDelivery(u.period),
        other => Due::At(other.forwarded().map_or(tx.now, |f| f.deadline)),
    };
    let mut letter = letter(tx, (case, &notice, &customer), due, policy)?;
    write_to_each(tx, case, to, &mut letter)
}

/// Writes to some contacts, each with a link of its own.
pub(in crate::actions) fn write_to_each(
    tx: &mut Tx<'_>,
    case: &Case,
    contacts: &[Contact],
    letter: &mut NoticeToCustomer,
) -> Result<(), ActionError> {
    let about = About { case: Some(case.id), customer: Some(case.customer_id), ..About::default() };
    for (contact, n) in contacts.iter().zip(0..) {
        if n > 0 {
            letter.link = fresh_link(tx, case.id)?;
        }
        tx.queue(letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    Ok(())
}

/// The letter, with a link for the first contact.
pub(in crate::actions) fn letter(
    tx: &mut Tx<'_>,
    (case, notice, customer): (&Case, &NoticeRecord, &Customer),
    due: Due,
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
        due,
        link: fresh_link(tx, case.id)?,
        works: Work::list(&works, 20),
        reported_by: notice.reported_by(),
        reach: notice.complainant.reach(tx.context.config.mail.share_full_contact),
        received: notice.received_at,
        locations: rows.iter().map(LocationRow::told).collect(),
        statements: notice.statements,
        strike_period: policy.strike_expiry,
        extension: policy.extension,
        downstream: case.downstream,
    })
}

/// Cases of other notices in hand about some of the same material: for the customer they are one incident.
fn also_in(tx: &mut Tx<'_>, case: &Case, rows: &[LocationRow]) -> Result<Vec<String>, ActionError> {
    let materials: Vec<i64> = rows.iter().map(|r| r.material).collect();
    let named = same_material::named_before(tx.conn, &materials)?;
    let others: BTreeSet<String> = named
        .into_iter()
        .filter(|n| n.case != case.id && n.in_hand() && !n.case_waits)
        .map(|n| n.case_reference)
        .collect();
    Ok(others.into_iter().take(5).collect())
}
