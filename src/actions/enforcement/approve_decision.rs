//! The second person agrees or does not. It cannot be the first.

use crate::actions::context::{About, ActionError, To, Tx};
use crate::domain::base::contact::many_lines;
use crate::domain::base::ids::{CaseId, DecisionId, StaffId};
use crate::domain::enforcement::decision::{DecisionKind, DecisionState};
use crate::domain::record::event::enforcement::{CustomerStanding, DecisionSettled};
use crate::domain::record::event::{Actor, Event, Subject};
use crate::mail::letters::{CountedStrike, DecisionLetter};
use crate::storage::cases;
use crate::storage::customers::{self, Customer, contacts};
use crate::storage::enforcement::decisions::{self, Decision};
use crate::storage::enforcement::{flags, strikes};

/// Settles a decision that waits for a second person.
pub fn settle_decision(
    tx: &mut Tx<'_>,
    id: DecisionId,
    agree: bool,
    note: &str,
    by: StaffId,
    actor: &Actor,
) -> Result<(), ActionError> {
    let decision = decisions::get(tx.conn, id)?;
    if decision.state != DecisionState::Pending {
        return Err(ActionError::Refused("This decision has been settled already.".to_owned()));
    }
    if decision.proposed_by == by {
        return Err(ActionError::Refused("The second person cannot be the one who proposed it.".to_owned()));
    }
    let note = many_lines(note, 4000);
    if !agree && note.is_empty() {
        return Err(ActionError::Refused("Say why you do not agree.".to_owned()));
    }
    let state = if agree { DecisionState::Effective } else { DecisionState::Rejected };
    decisions::settle(tx.conn, id, state, by, &note, tx.now)?;
    let what = DecisionSettled { decision: id, kind: decision.kind, reason: note.into() };
    let event = if agree { Event::DecisionApproved(what) } else { Event::DecisionRejected(what) };
    tx.event(Subject::Customer(decision.customer_id), actor, event)?;
    if agree { take_effect(tx, id) } else { Ok(()) }
}

/// Changes the standing, closes the flag and writes to the customer.
pub(in crate::actions) fn take_effect(tx: &mut Tx<'_>, id: DecisionId) -> Result<(), ActionError> {
    let decision = decisions::get(tx.conn, id)?;
    let customer = customers::get(tx.conn, decision.customer_id)?;
    let standing = decision.kind.apply(customer.standing, customer.warned)?;
    customers::set_standing(tx.conn, &customer, standing, tx.now)?;
    flags::close(tx.conn, customer.id, Some(id), tx.now)?;
    let event = Event::CustomerStanding(CustomerStanding { standing, decision: id });
    tx.event(Subject::Customer(customer.id), &Actor::System, event)?;
    if decision.kind == DecisionKind::NoAction { Ok(()) } else { write(tx, &decision, &customer) }
}

fn write(tx: &mut Tx<'_>, decision: &Decision, customer: &Customer) -> Result<(), ActionError> {
    let published = tx.policy()?;
    let letter = DecisionLetter {
        kind: decision.kind,
        account: customer.name.clone(),
        account_number: customer.external_id.clone(),
        decided: tx.now,
        policy_version: decision.policy.0,
        grounds: decision.grounds.lines().map(str::to_owned).collect(),
        reasons: decision.reasons.lines().map(str::to_owned).collect(),
        strikes: counted(tx, customer)?,
        threshold: published.policy.segment(&customer.segment).threshold,
        object_until: tx.now + published.policy.objection_period,
        agent_email: tx.context.config.agent.email.to_string(),
        policy_link: tx.url("/policy"),
    };
    let about = About { customer: Some(customer.id), ..About::default() };
    for contact in contacts::of_customer(tx.conn, customer.id)? {
        tx.queue(&letter, &To { name: &contact.name, address: &contact.email }, about)?;
    }
    Ok(())
}

fn counted(tx: &mut Tx<'_>, customer: &Customer) -> Result<Vec<CountedStrike>, ActionError> {
    let window = tx.policy()?.policy.window;
    let active = strikes::active_since(tx.conn, customer.id, tx.now - window)?;
    let ids: Vec<CaseId> = active.iter().map(|s| s.case_id).collect();
    let of_strikes = cases::get_many(tx.conn, &ids)?;
    let case_of = |id: CaseId| of_strikes.iter().find(|c| c.id == id);
    Ok(active
        .iter()
        .map(|s| CountedStrike {
            case: case_of(s.case_id).map(|c| c.reference.to_string()).unwrap_or_default(),
            site: case_of(s.case_id).map(|c| c.site.clone()).unwrap_or_default(),
            received: s.received_at,
            counts_until: s.expires_at,
        })
        .collect())
}
