//! A letter that names a deadline and leaves later than it was written names the deadline that will really run.

use super::send_notice::letter;
use super::{ActionError, Tx};
use crate::domain::case::CaseState;
use crate::domain::ids::{CaseId, LetterId};
use crate::domain::letter_words::Kept;
use crate::domain::moment::{Moment, Span};
use crate::storage::letters::{self, LetterRow};
use crate::storage::{cases, customers, notices};

/// A letter sent sooner after it was written names the right minute.
const SOON: Span = Span::seconds(30);
/// What the private link in the letter has before its token.
const LINK: &str = "/respond/";

/// Whether a letter may name another deadline than the one that will run, if it is sent now.
pub fn names_old_deadline(letter: &LetterRow, sending_at: Moment) -> bool {
    letter.kind == "notice_to_customer" && sending_at.since(Moment(letter.created_at)) > SOON
}

/// Writes the words of a letter anew for an attempt that begins at `sending_at`: with the deadline that an acceptance
/// starts, or the one that runs already, and with the link that it had.
pub fn refresh_deadline(
    tx: &mut Tx<'_>,
    old: &LetterRow,
    words: &Kept,
    sending_at: Moment,
) -> Result<Option<(String, Kept)>, ActionError> {
    let Some(id) = old.case_id.map(CaseId) else { return Ok(None) };
    let case = cases::get(tx.conn, id)?;
    let deadline = match &case.state {
        CaseState::Undelivered(u) => sending_at + u.period,
        other => match other.forwarded() {
            Some(running) => running.deadline,
            None => return Ok(None),
        },
    };
    let ours = tx.url(LINK);
    let Some(link) = words.sent().ok().and_then(|parts| link_in(&parts.text, &ours)) else { return Ok(None) };
    let (notice, customer) = (notices::get(tx.conn, case.notice_id)?, customers::get(tx.conn, case.customer_id)?);
    let published = tx.policy()?;
    let mut data = letter(tx, (&case, &notice, &customer), deadline, &published.policy)?;
    data.link = link;
    let fresh = data.letter(&tx.sender())?;
    letters::rewrite(tx.conn, LetterId(old.id), &fresh.subject, &fresh.words)?;
    Ok(Some((fresh.subject, fresh.words)))
}

/// The private link in the text part of a letter, which stands above everything that strangers wrote.
fn link_in(text: &str, ours: &str) -> Option<String> {
    text.split_whitespace().find(|word| word.starts_with(ours)).map(str::to_owned)
}
