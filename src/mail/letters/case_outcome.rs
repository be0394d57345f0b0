//! Locations of a notice have ended: the complaining party is told how, by location.

use askama::Template;

use super::LISTED;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Locations that ended in one way.
pub struct Ended {
    /// `Removed`.
    pub state: String,
    /// What it means; may be empty.
    pub sentence: &'static str,
    /// In the order of the notice.
    pub locations: Vec<String>,
}

impl Ended {
    fn listed(&self) -> &[String] {
        self.locations.get(..LISTED).unwrap_or(&self.locations)
    }
    fn more(&self) -> usize {
        self.locations.len().saturating_sub(LISTED)
    }
}

/// Data of the letter. It never says which locations belong together.
#[derive(Template)]
#[template(path = "mail/case_outcome.txt")]
pub struct CaseOutcome {
    pub notice: String,
    pub ended: Vec<Ended>,
    /// Locations that are in hand or disputed.
    pub open: usize,
    pub told: String,
    pub link: String,
}

impl CaseOutcome {
    fn title(&self) -> String {
        match (self.ended.as_slice(), self.open) {
            ([only], 0) => format!("Your copyright notice: {}", only.state.to_lowercase()),
            (_, 0) => "Your copyright notice: how it ended".to_owned(),
            _ => "Your copyright notice: how some of it ended".to_owned(),
        }
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("case_outcome", sender, format!("{} [{}]", self.title(), self.notice), self, false)
    }
}
