//! Staff send a letter again.

use super::record_delivery::subject_of;
use crate::actions::access::private_links::token_for;
use crate::actions::context::{ActionError, Tx};
use crate::domain::access::private_link::NamedTokens;
use crate::domain::base::ids::LetterId;
use crate::domain::record::event::outbox::OfLetter;
use crate::domain::record::event::{Actor, Event};
use crate::mail::letters::compose;
use crate::storage::cases::reviews;
use crate::storage::outbox::letter_data;
use crate::storage::outbox::letters::{self, LetterRow};

/// Sends a letter at once that waits for another attempt, or again where it was given up or held back. Its tokens are
/// gone then: it gets new ones.
///
/// # Errors
/// Where the letter is on its way or was accepted, or has no data to be rendered from.
pub fn retry_letter(tx: &mut Tx<'_>, id: LetterId, actor: &Actor) -> Result<(), ActionError> {
    let letter = letters::get(tx.conn, id)?;
    let again = if matches!(letter.state.as_str(), "failed" | "withheld") {
        let tokens = fresh_tokens(tx, &letter)?;
        letters::retry(tx.conn, id, &tokens, tx.now)?
    } else {
        letters::hurry(tx.conn, id, tx.now)?
    };
    if !again {
        return Err(ActionError::Refused("This letter is on its way or has been accepted.".to_owned()));
    }
    reviews::done_for_letter(tx.conn, id, &actor.to_string(), tx.now)?;
    let Some(subject) = subject_of(&letter) else { return Ok(()) };
    tx.event(subject, actor, Event::LetterRetried(OfLetter { letter: id }))
}

fn fresh_tokens(tx: &mut Tx<'_>, letter: &LetterRow) -> Result<NamedTokens, ActionError> {
    let data = letter_data::get(tx.conn, LetterId(letter.id))?;
    let composed = compose((&letter.kind, data.version), &data.json, &tx.render_context())?;
    let mut tokens = NamedTokens::default();
    for link in composed.links() {
        let Some(token) = token_for(tx, link.page(), letter)? else {
            let text = "This letter has links of several kinds and cannot be sent again. Write to the receiver anew.";
            return Err(ActionError::Refused(text.to_owned()));
        };
        tokens.insert(link, &token);
    }
    Ok(tokens)
}
