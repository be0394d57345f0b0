//! A person says that a clock that was not believed is right.

use crate::actions::context::{ActionError, Tx};
use crate::domain::record::event::{Actor, Event, Nothing, Subject};
use crate::storage::engine::clock_doubts;

/// Confirms the clock; nothing where it is not doubted.
pub fn confirm_clock(tx: &mut Tx<'_>, actor: &Actor) -> Result<(), ActionError> {
    if clock_doubts::confirm(tx.conn, &actor.code().to_string())? {
        tx.event(Subject::Installation, actor, Event::ClockConfirmed(Nothing {}))?;
    }
    Ok(())
}
