//! The customer's receipt for a counter-notice: when access returns, and what can stop it.

use askama::Template;

use super::addresses;
use crate::domain::put_back::PutBack;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/counter_notice_received.txt")]
pub struct CounterNoticeReceived {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub received: String,
    pub window: PutBack,
    pub locations: usize,
    pub name: String,
    pub sent_to: String,
}

impl CounterNoticeReceived {
    fn count(&self) -> String {
        addresses(self.locations)
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("We have your counter-notice about {} [{}]", self.site, self.case);
        finish("counter_notice_received", sender, subject, self, false)
    }
}
