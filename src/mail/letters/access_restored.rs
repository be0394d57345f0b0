//! Access has returned: to the customer, and to the complaining party.

use askama::Template;

use super::{LISTED, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Why it returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoredBecause {
    /// The window of a counter-notice opened and no court action was told.
    CounterNotice,
    /// The complaining party took the notice back.
    Withdrawn,
    /// The host decided.
    Host,
}

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/access_restored.txt")]
pub struct AccessRestored {
    /// Empty to the complaining party.
    pub site: String,
    /// Case to the customer, notice to the complaining party.
    pub case: String,
    pub because: RestoredBecause,
    pub restored: String,
    /// Addresses that returned.
    pub locations: Vec<String>,
    /// Addresses that another notice keeps disabled.
    pub held: Vec<String>,
    /// What became of the strike; empty to the complaining party.
    pub strike: String,
    /// Account number where it goes to the customer; empty to the complaining party.
    pub account_number: String,
}

impl AccessRestored {
    fn to_customer(&self) -> bool {
        !self.account_number.is_empty()
    }
    fn count(&self) -> String {
        addresses(self.locations.len())
    }
    fn stays(&self) -> String {
        addresses(self.held.len())
    }
    fn on_site(&self) -> String {
        if self.site.is_empty() { String::new() } else { format!(" on {}", self.site) }
    }
    fn title(&self) -> String {
        if self.locations.is_empty() {
            format!("Access to {}{} stays disabled because of another notice", self.stays(), self.on_site())
        } else {
            format!("Access to {}{} has returned", self.count(), self.on_site())
        }
    }
    fn listed(&self) -> &[String] {
        self.locations.get(..LISTED).unwrap_or(&self.locations)
    }
    fn why(&self) -> &'static str {
        match (self.because, self.to_customer()) {
            (RestoredBecause::CounterNotice, _) => {
                "A counter-notice was received, 10 business days have passed, and no court action was told to us first (17 U.S.C. § 512(g)(2)(C)). We have not decided who is right."
            }
            (RestoredBecause::Withdrawn, _) => "The complaining party withdrew the notice.",
            (RestoredBecause::Host, _) => "We looked at it again and decided that access returns.",
        }
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("{} [{}]", self.title(), self.case);
        finish("access_restored", sender, subject, self, false)
    }
}
