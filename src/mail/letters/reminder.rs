//! Half of the time is over and there is no answer.

use askama::Template;

use super::{Due, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/reminder.txt")]
pub struct Reminder {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub due: Due,
    /// Time left when the letter was written, in words.
    pub left: String,
    pub link: String,
    pub locations: usize,
    pub reported_by: String,
    pub first_letter: String,
    /// Active strikes of the account, if this notice counts.
    pub strikes_then: u32,
    pub threshold: u32,
}

impl Reminder {
    fn count(&self) -> String {
        addresses(self.locations)
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("Reminder: answer by {} [{}]", self.due.brief, self.case);
        finish("reminder", sender, subject, self, true)
    }
}
