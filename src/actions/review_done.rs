//! A person looked and there is nothing more to do.

use super::{ActionError, Tx};
use crate::domain::event::{Actor, Happening, Subject};
use crate::storage::reviews;

/// Marks a review as done.
pub fn review_done(tx: &mut Tx<'_>, id: i64, actor: &Actor) -> Result<(), ActionError> {
    if !reviews::done(tx.conn, id, &actor.to_string(), tx.now)? {
        return Err(ActionError::Refused("Someone has looked at this already.".to_owned()));
    }
    tx.event(Subject::Installation, actor, &Happening::new("review.done").fact("review", id))
}
