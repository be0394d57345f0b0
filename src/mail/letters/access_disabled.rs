//! Access was disabled: the customer is told promptly, 17 USC 512(g)(2)(A), and how a counter-notice is sent.

use askama::Template;

use super::{LISTED, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/access_disabled.txt")]
pub struct AccessDisabled {
    pub site: String,
    pub case: String,
    pub account: String,
    pub account_number: String,
    pub disabled: String,
    /// What staff wrote, one entry a line.
    pub reason: Vec<String>,
    pub reported_by: String,
    pub works: Vec<String>,
    /// All of them; the letter lists the first [`LISTED`].
    pub locations: Vec<String>,
    /// Opens the page of the counter-notice.
    pub link: String,
    pub strike_period: String,
    pub downstream: bool,
}

impl AccessDisabled {
    fn listed(&self) -> &[String] {
        self.locations.get(..LISTED).unwrap_or(&self.locations)
    }
    fn more(&self) -> usize {
        self.locations.len().saturating_sub(LISTED)
    }
    fn count(&self) -> String {
        addresses(self.locations.len())
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("Access to {} on {} is disabled [{}]", self.count(), self.site, self.case);
        finish("access_disabled", sender, subject, self, false)
    }
}
