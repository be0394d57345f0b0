//! Staff move a deadline, for a reason, and the customer is told.

use super::forward_case::write_to_contacts;
use crate::actions::access::private_links::fresh_link;
use crate::actions::context::{ActionError, Tx, reason};
use crate::domain::base::ids::CaseId;
use crate::domain::base::moment::Span;
use crate::domain::cases::case::CaseState;
use crate::domain::record::event::{self, Actor, Event, Subject};
use crate::mail::letters::{DeadlineMoved, Due};
use crate::storage::cases;
use crate::storage::customers::{self, Counters};

/// Moves the deadline by a span from now or from the old deadline, whichever is later.
pub fn extend_deadline(tx: &mut Tx<'_>, id: CaseId, by: Span, why: &str, actor: &Actor) -> Result<(), ActionError> {
    let why = reason(why)?;
    let mut case = cases::get(tx.conn, id)?;
    let old = case.state.forwarded().map_or(tx.now, |f| f.deadline);
    let deadline = old.max(tx.now) + by;
    let was_unanswered = matches!(case.state, CaseState::Unanswered(_));
    let state = case.state.move_deadline(deadline)?;
    cases::set_state(tx.conn, &mut case, state, tx.now)?;
    if was_unanswered {
        customers::count(tx.conn, case.customer_id, Counters { unanswered: -1, ..Counters::default() })?;
        crate::actions::enforcement::count_strike::uncount(tx, &mut case, "The deadline was moved", actor)?;
    }
    let what = event::cases::DeadlineMoved { deadline, reason: why.into() };
    tx.event(Subject::Case(id), actor, Event::CaseDeadlineMoved(what))?;
    let customer = customers::get(tx.conn, case.customer_id)?;
    let due = Due::At(deadline);
    write_to_contacts(tx, &case, |tx| {
        Ok(DeadlineMoved {
            site: case.site.clone(),
            case: case.reference.to_string(),
            account_number: customer.external_id.clone(),
            due,
            link: fresh_link(tx, id)?,
        })
    })?;
    Ok(())
}
