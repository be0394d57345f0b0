//! The receipt for a letter that a person wrote by mail: it arrived, a person reads it.

use askama::Template;

use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/mail_received.txt")]
pub struct MailReceived {
    pub received: String,
    /// Of the mail that came in.
    pub subject: String,
    /// Number of the submission.
    pub number: i64,
    /// The form, for whoever cannot wait.
    pub form: String,
}

impl MailReceived {
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("mail_received", sender, format!("We have your mail [M-{}]", self.number), self, false)
    }
}
