//! A lead takes a strike out of the count; it stays on record.

use super::count_strike::void;
use crate::actions::context::{ActionError, Tx, reason};
use crate::domain::base::ids::StrikeId;
use crate::domain::enforcement::strikes::StrikeStatus;
use crate::domain::record::event::Actor;
use crate::storage::enforcement::strikes;

/// Voids an active strike for a reason.
pub fn void_strike(tx: &mut Tx<'_>, id: StrikeId, why: &str, actor: &Actor) -> Result<(), ActionError> {
    let why = reason(why)?;
    let strike = strikes::get(tx.conn, id)?;
    if strike.status != StrikeStatus::Active {
        return Err(ActionError::Refused("This strike does not count any more.".to_owned()));
    }
    void(tx, &strike, &why, actor)
}
