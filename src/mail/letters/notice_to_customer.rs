//! The notice goes to the customer: what, where, by when, the link, and what follows silence.

use askama::Template;

use super::{Due, LISTED, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/notice_to_customer.txt")]
pub struct NoticeToCustomer {
    pub site: String,
    pub case: String,
    pub account: String,
    pub account_number: String,
    pub due: Due,
    pub link: String,
    pub works: Vec<String>,
    /// Name, organization and owner of the complaining party.
    pub reported_by: String,
    /// How to reach the complaining party: mail address, and more where the host shares it.
    pub reach: Vec<String>,
    pub received: String,
    /// All locations; the letter lists the first [`LISTED`].
    pub locations: Vec<String>,
    pub statements: Vec<&'static str>,
    /// How long a strike counts.
    pub strike_period: String,
    pub extension: String,
    /// Other cases in hand about some of the same addresses: one incident.
    pub also_in: Vec<String>,
    /// The account's own customers are concerned.
    pub downstream: bool,
}

impl NoticeToCustomer {
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
        let subject = format!("Copyright notice about {}: answer by {} [{}]", self.site, self.due.brief, self.case);
        finish("notice_to_customer", sender, subject, self, true)
    }
}
