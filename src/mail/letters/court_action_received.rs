//! A court action was told: the complaining party's receipt, and the customer's letter that access stays disabled.

use askama::Template;

use crate::domain::counter_notice::CourtAction;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/court_action_received.txt")]
pub struct CourtActionReceived {
    /// Case to the customer, notice to the complaining party.
    pub case: String,
    pub site: String,
    pub action: CourtAction,
    pub received: String,
    /// Received before access was restored.
    pub in_time: bool,
    /// Account number where it goes to the customer; empty to the complaining party.
    pub account_number: String,
    pub agent_email: String,
}

impl CourtActionReceived {
    fn to_customer(&self) -> bool {
        !self.account_number.is_empty()
    }
    fn title(&self) -> String {
        match (self.in_time, self.to_customer()) {
            (true, true) => format!("Access on {} stays disabled: a court action was filed", self.site),
            (true, false) => "We have your notice of a court action".to_owned(),
            (false, _) => "Your notice of a court action came after access was restored".to_owned(),
        }
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("court_action_received", sender, format!("{} [{}]", self.title(), self.case), self, false)
    }
}
