//! A fresh link, asked for on the page of an expired one.

use askama::Template;

use super::Due;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/new_link.txt")]
pub struct NewLink {
    pub site: String,
    pub case: String,
    pub account_number: String,
    /// None where access is disabled already: the link opens the page of the counter-notice.
    pub due: Option<Due>,
    pub link: String,
}

impl NewLink {
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("new_link", sender, format!("Your new link [{}]", self.case), self, true)
    }
}
