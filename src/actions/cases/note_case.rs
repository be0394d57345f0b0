//! A note that only staff see. Notes can be demanded in court; the page says so.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::contact::many_lines;
use crate::domain::base::ids::CaseId;
use crate::domain::record::event::cases::CaseNote;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases;

/// Adds a note to a case.
pub fn note_case(tx: &mut Tx<'_>, id: CaseId, note: &str, actor: &Actor) -> Result<(), ActionError> {
    let note = many_lines(note, 4000);
    if note.is_empty() {
        return Err(ActionError::Refused("Write the note first.".to_owned()));
    }
    let case = cases::get(tx.conn, id)?;
    tx.event(Subject::Case(case.id), actor, Event::CaseNote(CaseNote { reason: note.into() }))
}
