//! A strike has reached its age: it stays on record and stops counting.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::StrikeId;
use crate::domain::enforcement::strikes::StrikeStatus;
use crate::domain::record::event::enforcement::StrikeExpired;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::customers::{self, Counters};
use crate::storage::enforcement::strikes;

/// Expires a strike that is due.
pub fn expire_strike(tx: &mut Tx<'_>, id: StrikeId) -> Result<(), ActionError> {
    let strike = strikes::get(tx.conn, id)?;
    customers::hold(tx.conn, strike.customer_id)?;
    strikes::end(tx.conn, id, StrikeStatus::Expired, "Ran out", tx.now)?;
    customers::count(tx.conn, strike.customer_id, Counters { active_strikes: -1, ..Counters::default() })?;
    let event = Event::StrikeExpired(StrikeExpired { strike: id });
    tx.event(Subject::Customer(strike.customer_id), &Actor::System, event)
}
