//! A first-time sender is asked to confirm the mail address.

use askama::Template;

use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/confirm_address.txt")]
pub struct ConfirmAddress {
    pub notice: String,
    pub received: String,
    pub by: String,
    pub by_local: String,
    pub brief: String,
    pub link: String,
}

impl ConfirmAddress {
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("Please confirm your copyright notice by {} [{}]", self.brief, self.notice);
        finish("confirm_address", sender, subject, self, true)
    }
}
