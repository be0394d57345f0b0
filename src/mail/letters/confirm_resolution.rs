//! The customer says the matter was settled: the complainant is asked to confirm.

use askama::Template;

use super::addresses;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/confirm_resolution.txt")]
pub struct ConfirmResolution {
    pub notice: String,
    pub case: String,
    pub site: String,
    pub locations: usize,
    pub agent_email: String,
}

impl ConfirmResolution {
    fn count(&self) -> String {
        addresses(self.locations)
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("confirm_resolution", sender, format!("Was this resolved with you? [{}]", self.case), self, false)
    }
}
