//! A lead takes a strike out of the count; it stays on record.

use super::{ActionError, Tx, count_strike::void, reason};
use crate::domain::event::Actor;
use crate::domain::ids::StrikeId;
use crate::domain::strikes::StrikeStatus;
use crate::storage::strikes;

/// Voids an active strike for a reason.
pub fn void_strike(tx: &mut Tx<'_>, id: StrikeId, why: &str, actor: &Actor) -> Result<(), ActionError> {
    let why = reason(why)?;
    let strike = strikes::get(tx.conn, id)?;
    if strike.status != StrikeStatus::Active {
        return Err(ActionError::Refused("This strike does not count any more.".to_owned()));
    }
    void(tx, &strike, &why, actor)
}
