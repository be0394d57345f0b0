//! The host's systems were asked to disable or restore access and have not confirmed it: nothing is silently late.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CaseId;
use crate::domain::record::event::cases::NotConfirmed;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::material::locations;

/// Puts a case before a person whose requests have not been confirmed in time.
pub fn remind_host(tx: &mut Tx<'_>, id: CaseId) -> Result<(), ActionError> {
    let late = locations::stop_clock(tx.conn, id, tx.now)?;
    // A person has the task to restore already; a second one would say the same.
    let open = reviews::of_case(tx.conn, id)?.iter().any(|r| r.kind == ReviewKind::Restore);
    if late == 0 || open {
        return Ok(());
    }
    let about = reviews::About { case: Some(id), ..reviews::About::default() };
    let note = format!("{} not confirmed within a day", crate::mail::letters::addresses(late));
    reviews::raise(tx.conn, ReviewKind::NotConfirmed, about, &note, tx.now)?;
    tx.event(Subject::Case(id), &Actor::System, Event::CaseNotConfirmed(NotConfirmed { locations: late }))
}
