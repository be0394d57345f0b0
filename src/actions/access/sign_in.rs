//! Sessions of staff. The password has been checked by the entrance, outside the transaction.

use crate::actions::context::{ActionError, Tx};
use crate::domain::access::token::{PlainToken, TokenHash};
use crate::domain::record::event::access::OfStaff;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::access::staff::{self, StaffMember};

/// Opens a session and returns its token.
pub fn sign_in(tx: &mut Tx<'_>, who: &StaffMember) -> Result<PlainToken, ActionError> {
    let token = tx.context.entropy.token();
    let expires = tx.now + tx.context.config.staff.session;
    staff::open_session(tx.conn, &token.hash(), who.id, expires, tx.now)?;
    let actor = Actor::Staff(who.id, who.name.clone());
    tx.event(Subject::Installation, &actor, Event::StaffSignedIn(OfStaff { staff: who.id }))?;
    Ok(token)
}

/// Ends a session.
pub fn sign_out(tx: &mut Tx<'_>, session: &TokenHash) -> Result<(), ActionError> {
    Ok(staff::close_session(tx.conn, session)?)
}
