//! What every letter has in common.

use super::html_part::html;
use super::markup;
use super::text_part::text;
use crate::domain::letter_words::Kept;

/// A finished letter: subject, and a text part and an HTML part with the same content in the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Stable name, such as `notice_to_customer`.
    pub kind: &'static str,
    pub subject: String,
    pub words: Kept,
    /// A deadline runs whether or not the letter arrives.
    pub carries_deadline: bool,
}

/// Who writes: on every letter.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Name of the host.
    pub host: String,
    pub legal_name: String,
    /// Postal address of the agent, one line.
    pub address: String,
    pub email: String,
    pub phone: String,
}

/// A letter could not be put into words; the template and its data do not fit.
#[derive(Debug, thiserror::Error)]
#[error("letter {kind}: {why}")]
pub struct LetterError {
    kind: &'static str,
    why: String,
}

/// Bytes that the text part of most letters fits in; the HTML part takes three times as many.
pub(super) const USUAL: usize = 4096;

/// Renders the template of a letter and makes both parts of it.
pub(super) fn finish<T: askama::Template>(
    kind: &'static str,
    sender: &Sender,
    subject: String,
    template: &T,
    carries_deadline: bool,
) -> Result<Letter, LetterError> {
    let mut source = String::with_capacity(USUAL);
    template.render_into(&mut source).map_err(|e| LetterError { kind, why: e.to_string() })?;
    let blocks = markup::read(&source);
    let words = Kept::of(&text(&blocks, sender), &html(&blocks, sender, &subject));
    Ok(Letter { kind, subject, words, carries_deadline })
}
