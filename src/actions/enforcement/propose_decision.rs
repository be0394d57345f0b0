//! Staff decide about an account, with reasons. Suspension and termination wait for a second person.

use super::approve_decision::take_effect;
use crate::actions::context::{ActionError, Tx, reason};
use crate::domain::base::contact::one_line;
use crate::domain::base::ids::{CustomerId, DecisionId, StaffId};
use crate::domain::enforcement::decision::{DecisionKind, DecisionState};
use crate::domain::record::event::enforcement::DecisionTaken;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::customers;
use crate::storage::enforcement::decisions::{self, NewDecision};

/// What is proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub kind: DecisionKind,
    /// Grounds that were ticked.
    pub grounds: Vec<String>,
    pub reasons: String,
}

/// Proposes a decision; it takes effect at once where no second person is needed.
pub fn propose_decision(
    tx: &mut Tx<'_>,
    id: CustomerId,
    proposal: &Proposal,
    by: StaffId,
    actor: &Actor,
) -> Result<DecisionId, ActionError> {
    let reasons = reason(&proposal.reasons)?;
    let customer = customers::get(tx.conn, id)?;
    if decisions::pending_of(tx.conn, id)?.is_some() {
        return Err(ActionError::Refused(
            "A decision about this account waits for a second person already.".to_owned(),
        ));
    }
    // Refuses what the standing does not allow, before anyone is asked to approve it.
    proposal.kind.apply(customer.standing, customer.warned)?;
    let published = tx.policy()?;
    let pending = proposal.kind.needs_second(&published.policy);
    let grounds: Vec<String> = proposal.grounds.iter().take(20).map(|g| one_line(g, 200)).collect();
    let decision = decisions::insert(
        tx.conn,
        &NewDecision {
            customer: id,
            kind: proposal.kind,
            state: if pending { DecisionState::Pending } else { DecisionState::Effective },
            grounds: &grounds.join("\n"),
            reasons: &reasons,
            by,
            policy: published.version,
            active_strikes: customer.active_strikes,
        },
        tx.now,
    )?;
    let what = DecisionTaken {
        decision,
        kind: proposal.kind,
        policy: published.version,
        active_strikes: customer.active_strikes,
        reason: reasons.into(),
    };
    let event = if pending { Event::DecisionProposed(what) } else { Event::DecisionMade(what) };
    tx.event(Subject::Customer(id), actor, event)?;
    if !pending {
        take_effect(tx, decision)?;
    }
    Ok(decision)
}
