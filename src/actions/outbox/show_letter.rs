//! A letter for staff to read: as it was sent, or as it would read if it were sent now. Changes nothing.

use crate::actions::cases::running_deadline::running_deadline;
use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::LetterId;
use crate::formats::mail::both_parts;
use crate::mail::letter::{Parts, RenderContext, Tokens};
use crate::mail::letters::compose;
use crate::storage::StorageError;
use crate::storage::outbox::letter_data;
use crate::storage::outbox::letters::{self, LetterRow};
use crate::storage::outbox::sent_letters::{self, SentLetter};

/// What a letter says.
pub struct ShownLetter {
    pub letter: LetterRow,
    /// The text part, with asterisks in place of the tokens.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// None for a letter that no server has accepted.
    pub sent: Option<SentLetter>,
}

/// Reads a letter as it was sent, or renders it.
///
/// # Errors
/// Where there is no such letter, or it cannot be read.
pub fn show_letter(tx: &mut Tx<'_>, id: LetterId) -> Result<ShownLetter, ActionError> {
    let letter = letters::get(tx.conn, id)?;
    let sent = sent_letters::get(tx.conn, id)?;
    let (text, html) = match &sent {
        Some(sent) => {
            let corrupt = || StorageError::corrupt("sent_letters", "message", id.0);
            both_parts(&sent.message).ok_or_else(corrupt)?
        }
        None => preview(tx, &letter)?,
    };
    Ok(ShownLetter { letter, text, html, sent })
}

fn preview(tx: &mut Tx<'_>, letter: &LetterRow) -> Result<(String, String), ActionError> {
    let data = letter_data::get(tx.conn, LetterId(letter.id))?;
    let running_deadline = running_deadline(tx, letter)?;
    let context = RenderContext { running_deadline, ..tx.render_context() };
    let composed = compose((&letter.kind, data.version), &data.json, &context)?;
    let Parts { text, html } = composed.parts(&context, Tokens::Redacted)?;
    Ok((text, html))
}
