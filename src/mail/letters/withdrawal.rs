//! A notice, or part of one, was taken back: the customer is told, and the complaining party gets a receipt.

use askama::Template;

use super::{LISTED, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/withdrawal.txt")]
pub struct WithdrawalLetter {
    /// Case to the customer, notice to the complaining party.
    pub reference: String,
    pub site: String,
    pub withdrawn: String,
    pub locations: Vec<String>,
    /// Nothing is left of the case, or of the notice.
    pub whole: bool,
    /// Addresses to which access returns.
    pub returning: usize,
    /// Addresses that another notice keeps disabled.
    pub held: usize,
    /// What became of the strike, in a sentence; empty where there was none.
    pub strike: String,
    /// Account number where it goes to the customer; empty to the complaining party.
    pub account_number: String,
}

impl WithdrawalLetter {
    fn to_customer(&self) -> bool {
        !self.account_number.is_empty()
    }
    fn count(&self) -> String {
        addresses(self.locations.len())
    }
    fn listed(&self) -> &[String] {
        self.locations.get(..LISTED).unwrap_or(&self.locations)
    }
    fn returns(&self) -> String {
        addresses(self.returning)
    }
    fn stays(&self) -> String {
        addresses(self.held)
    }
    fn title(&self) -> String {
        match (self.to_customer(), self.whole) {
            (true, true) => format!("The copyright notice about {} was withdrawn", self.site),
            (true, false) => format!("The copyright notice about {} was withdrawn in part", self.site),
            (false, true) => "Your copyright notice is withdrawn".to_owned(),
            (false, false) => "Your copyright notice is withdrawn in part".to_owned(),
        }
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("withdrawal", sender, format!("{} [{}]", self.title(), self.reference), self, false)
    }
}
