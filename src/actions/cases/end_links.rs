//! Staff end the links that customers have to a case, for instance when a mailbox is in wrong hands.

use crate::actions::context::{ActionError, Tx, reason};
use crate::domain::base::ids::CaseId;
use crate::domain::record::event::cases::LinksEnded;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::access::links;

/// Ends every link to a case, for a reason that stays on record. A letter written later has one that works.
pub fn end_links(tx: &mut Tx<'_>, case: CaseId, why: &str, actor: &Actor) -> Result<(), ActionError> {
    let why = reason(why)?;
    let ended = links::revoke_of_case(tx.conn, case, tx.now)?;
    if ended == 0 {
        return Err(ActionError::Refused("No link to this case is open.".to_owned()));
    }
    let what = LinksEnded { links: ended, reason: why.into() };
    tx.event(Subject::Case(case), actor, Event::CaseLinksEnded(what))
}
