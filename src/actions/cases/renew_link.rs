//! A customer asks for a new link: it goes to the contacts on the account and to nobody else.

use super::forward_case::write_to_contacts;
use super::send_notice::send_again;
use crate::actions::access::private_links::{counter_link, fresh_link};
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::Reference;
use crate::domain::base::moment::Span;
use crate::domain::cases::case::CaseState;
use crate::domain::material::location_state::LocationState::Disabled;
use crate::domain::record::event::{Actor, Event, Nothing, Subject};
use crate::mail::letters::{Due, NewLink};
use crate::storage::cases;
use crate::storage::customers::{self, contacts};
use crate::storage::material::locations;
use crate::storage::outbox::letters;

/// Letters with a new link about one case in a day, to each contact.
const A_DAY: i64 = 3;

/// Writes new links to the contacts; those before go on working, since anybody who knows the reference can ask. A case
/// that is unknown, takes no answers, or had enough letters is passed over in silence: the page says the same.
pub fn renew_link(tx: &mut Tx<'_>, reference: &Reference) -> Result<(), ActionError> {
    let Some(case) = cases::by_reference(tx.conn, reference)? else { return Ok(()) };
    let forwarded = case.state.forwarded().filter(|_| case.state.open_for_answer(tx.now));
    let disabled = locations::count_in(tx.conn, case.id, &[Disabled])? > 0;
    let undelivered = matches!(case.state, CaseState::Undelivered(_));
    if forwarded.is_none() && !disabled && !undelivered {
        return Ok(());
    }
    let contacts = contacts::of_customer(tx.conn, case.customer_id)?.len();
    let enough = A_DAY * i64::try_from(contacts).unwrap_or(1);
    let kind = if undelivered { "notice_to_customer" } else { "new_link" };
    if letters::count_of_case(tx.conn, case.id, kind, tx.now - Span::days(1))? >= enough {
        return Ok(());
    }
    if undelivered {
        // Nobody has been told of the case: the notice itself goes out again, where no letter is on its way.
        return match send_again(tx, case.id, &Actor::CustomerLink) {
            Err(ActionError::Refused(_)) => Ok(()),
            other => other,
        };
    }
    let customer = customers::get(tx.conn, case.customer_id)?;
    let due = forwarded.map(|f| Due::At(f.deadline));
    write_to_contacts(tx, &case, |tx| {
        Ok(NewLink {
            site: case.site.clone(),
            case: case.reference.to_string(),
            account_number: customer.external_id.clone(),
            due,
            link: if due.is_some() { fresh_link(tx, case.id)? } else { counter_link(tx, case.id)? },
        })
    })?;
    tx.event(Subject::Case(case.id), &Actor::CustomerLink, Event::CaseLinkRenewed(Nothing {}))
}
