//! The deadline that a letter about a case names when it is sent, where one runs already.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CaseId;
use crate::domain::base::moment::Moment;
use crate::storage::cases;
use crate::storage::outbox::letters::LetterRow;

/// The deadline of the case that a notice to a customer is about; none where no clock runs yet, so that the letter counts
/// from its own delivery. Changes nothing.
pub fn running_deadline(tx: &mut Tx<'_>, letter: &LetterRow) -> Result<Option<Moment>, ActionError> {
    let Some(id) = letter.case_id.map(CaseId).filter(|_| letter.kind == "notice_to_customer") else {
        return Ok(None);
    };
    Ok(cases::get(tx.conn, id)?.state.forwarded().map(|running| running.deadline))
}
