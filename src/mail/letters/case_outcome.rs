//! A case has ended: the complaining party is told how.

use askama::Template;

use super::addresses;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/case_outcome.txt")]
pub struct CaseOutcome {
    pub notice: String,
    pub case: String,
    pub site: String,
    /// `The customer removed the material.`
    pub outcome: String,
    pub closed: String,
    pub locations: usize,
    /// How many addresses are in which state, `Removed | 3`.
    pub states: Vec<(String, i64)>,
    pub link: String,
}

impl CaseOutcome {
    fn count(&self) -> String {
        addresses(self.locations)
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("Case {} about {} has ended [{}]", self.case, self.site, self.notice);
        finish("case_outcome", sender, subject, self, false)
    }
}
