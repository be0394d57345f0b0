//! Staff set how a sender is treated, for a reason. It decides who looks at a notice, never whether it is kept.

use super::{ActionError, Tx, reason};
use crate::domain::event::{Actor, Event, Subject, senders::SenderSet};
use crate::domain::ids::SenderId;
use crate::domain::sender::Setting;
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
