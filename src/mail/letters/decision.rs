//! What staff decided about the account: the reasons, the strikes, and how to object.

use askama::Template;

use crate::domain::decision::DecisionKind;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// A strike that was counted.
pub struct CountedStrike {
    pub case: String,
    pub site: String,
    pub received: String,
    pub counts_until: String,
}

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/decision.txt")]
pub struct DecisionLetter {
    pub kind: DecisionKind,
    pub account: String,
    pub account_number: String,
    pub decided: String,
    pub policy_version: i64,
    pub grounds: Vec<String>,
    pub reasons: Vec<String>,
    pub strikes: Vec<CountedStrike>,
    pub threshold: u32,
    /// Until when an objection is looked at.
    pub object_until: String,
    pub agent_email: String,
    pub policy_link: String,
}

impl DecisionLetter {
    fn title(&self) -> &'static str {
        match self.kind {
            DecisionKind::Suspend => "Your account is suspended",
            DecisionKind::Terminate => "Your account is closed",
            DecisionKind::Lift => "The suspension of your account is lifted",
            DecisionKind::Warn | DecisionKind::NoAction => "A warning about your account",
        }
    }
    fn means(&self) -> &'static str {
        match self.kind {
            DecisionKind::Suspend => {
                "All services of the account go offline until the suspension is lifted. Your data is kept."
            }
            DecisionKind::Terminate => "The account ends. Contact us about a copy of your data.",
            DecisionKind::Lift => {
                "Services come back. The strikes below stay on record and count until the dates shown."
            }
            DecisionKind::Warn | DecisionKind::NoAction => {
                "Services stay online. A review starts again with the next strike."
            }
        }
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("decision", sender, format!("{} [{}]", self.title(), self.account_number), self, false)
    }
}
