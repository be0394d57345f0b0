//! Staff set how a sender is treated, for a reason. It decides who looks at a notice, never whether it is kept.

use crate::actions::context::{ActionError, Tx, reason};
use crate::domain::base::ids::SenderId;
use crate::domain::record::event::senders::SenderSet;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::domain::senders::sender::Setting;
use crate::storage::senders;

/// Sets a sender to trusted, restricted, or back to what the figures say.
pub fn set_sender(
    tx: &mut Tx<'_>,
    id: SenderId,
    setting: Setting,
    why: &str,
    actor: &Actor,
) -> Result<(), ActionError> {
    let why = reason(why)?;
    let sender = senders::get(tx.conn, id)?;
    if sender.setting == setting {
        return Err(ActionError::Refused("This is how the sender is set already.".to_owned()));
    }
    senders::set(tx.conn, id, setting, tx.now)?;
    tx.event(Subject::Sender(id), actor, Event::SenderSet(SenderSet { setting, reason: why.into() }))
}
