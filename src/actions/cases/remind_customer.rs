//! The reminder at half time, or by staff.

use super::forward_case::write_to;
use crate::actions::access::private_links::fresh_link;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CaseId;
use crate::domain::cases::case::CaseState;
use crate::domain::record::event::cases::ContactCount;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::mail::letters::{Due, Reminder};
use crate::storage::cases;
use crate::storage::customers::{self, contacts};
use crate::storage::intake::notices;

/// Reminds the customer of a case that waits for an answer. The timer does it once.
pub fn remind_customer(tx: &mut Tx<'_>, id: CaseId, actor: &Actor) -> Result<(), ActionError> {
    let case = cases::get(tx.conn, id)?;
    let still_due = cases::reminded(tx.conn, id)?;
    let CaseState::Awaiting(forwarded) = case.state else {
        return Err(ActionError::Refused("Only a case that waits for the customer can be reminded.".to_owned()));
    };
    // A late start after the deadline: the next job passes it, a reminder would come too late.
    if tx.now >= forwarded.deadline || (!still_due && *actor == Actor::System) {
        return Ok(());
    }
    // An address that refused or returned a letter gets no reminder.
    let mut contacts = contacts::of_customer(tx.conn, case.customer_id)?;
    contacts.retain(|c| c.failed_at.is_none());
    if contacts.is_empty() {
        return match actor {
            Actor::System => Ok(()),
            _ => Err(ActionError::Refused(
                "Every contact has refused or returned a letter. Correct one first.".to_owned(),
            )),
        };
    }
    let customer = customers::get(tx.conn, case.customer_id)?;
    let notice = notices::get(tx.conn, case.notice_id)?;
    let published = tx.policy()?;
    let policy = &published.policy;
    let due = Due::At(forwarded.deadline);
    let written = write_to(tx, &case, &contacts, |tx| {
        Ok(Reminder {
            site: case.site.clone(),
            case: case.reference.to_string(),
            account_number: customer.external_id.clone(),
            due,
            link: fresh_link(tx, id)?,
            locations: usize::try_from(case.locations).unwrap_or(0),
            reported_by: notice.reported_by(),
            first_letter: forwarded.at,
            strikes_then: customer.active_strikes + u32::from(case.strike_id.is_none()),
            threshold: policy.segment(&customer.segment).threshold,
        })
    })?;
    tx.event(Subject::Case(id), actor, Event::CaseReminded(ContactCount { contacts: written }))
}
