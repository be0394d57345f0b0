//! Customers say that the matter was settled: the complainant is asked to confirm, for the locations concerned.

use askama::Template;

use super::{LISTED, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/confirm_resolution.txt")]
pub struct ConfirmResolution {
    pub notice: String,
    pub locations: Vec<String>,
    pub agent_email: String,
}

impl ConfirmResolution {
    fn count(&self) -> String {
        addresses(self.locations.len())
    }
    fn listed(&self) -> &[String] {
        self.locations.get(..LISTED).unwrap_or(&self.locations)
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("confirm_resolution", sender, format!("Was this resolved with you? [{}]", self.notice), self, false)
    }
}
