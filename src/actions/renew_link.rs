//! A customer asks for a new link: it goes to the contacts on the account and to nobody else.

use super::forward_case::{counter_link, fresh_link, write_to_contacts};
use super::{ActionError, Tx};
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::Reference;
use crate::domain::location_state::LocationState::Disabled;
use crate::mail::letters::{Due, NewLink};
use crate::storage::{cases, customers, links, locations};

/// Revokes the links of a case and writes new ones to the contacts. A case that is unknown or takes no
/// answers is passed over in silence: the page says the same either way.
pub fn renew_link(tx: &mut Tx<'_>, reference: &Reference) -> Result<(), ActionError> {
    let Some(case) = cases::by_reference(tx.conn, reference)? else { return Ok(()) };
    let forwarded = case.state.forwarded().filter(|_| case.state.open_for_answer(tx.now));
    let disabled = locations::count_in(tx.conn, case.id, &[Disabled])? > 0;
    if forwarded.is_none() && !disabled {
        return Ok(());
    }
    links::revoke_of_case(tx.conn, case.id, tx.now)?;
    let customer = customers::get(tx.conn, case.customer_id)?;
    let due = forwarded.map(|f| Due::new(f.deadline, &tx.house.config.agent.time_zone));
    let sender = tx.sender();
    write_to_contacts(tx, &case, |tx| {
        let letter = NewLink {
            site: case.site.clone(),
            case: case.reference.to_string(),
            account_number: customer.external_id.clone(),
            due: due.clone(),
            link: if due.is_some() { fresh_link(tx, case.id)? } else { counter_link(tx, case.id)? },
        };
        Ok(letter.letter(&sender)?)
    })?;
    tx.event(Subject::Case(case.id), &Actor::CustomerLink, &Happening::new("case.link_renewed"))
}
