//! The deadline was moved.

use askama::Template;

use super::Due;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/deadline_moved.txt")]
pub struct DeadlineMoved {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub due: Due,
    pub link: String,
}

impl DeadlineMoved {
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("New deadline: answer by {} [{}]", self.due.brief, self.case);
        finish("deadline_moved", sender, subject, self, true)
    }
}
