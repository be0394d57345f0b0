//! The full copy of a counter-notice to the complaining party, with the words that access returns in 10 business
//! days. 17 USC 512(g)(2)(B).

use askama::Template;

use super::{LISTED, addresses};
use crate::domain::put_back::PutBack;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/counter_notice_copy.txt")]
pub struct CounterNoticeCopy {
    pub notice: String,
    pub received: String,
    pub window: PutBack,
    /// Beginning of the subject's date: `Wed 9 December, 05:00 UTC`.
    pub brief: String,
    /// The status page, where a court action is told.
    pub link: String,
    pub name: String,
    pub address: String,
    pub phone: String,
    pub signature: String,
    pub signed: String,
    pub perjury: &'static str,
    pub consent: String,
    pub service: &'static str,
    pub reason: Vec<String>,
    /// All of them: it is a full copy.
    pub locations: Vec<String>,
    /// Names of files that came with it; they can be read on the status page.
    pub files: Vec<String>,
}

impl CounterNoticeCopy {
    fn count(&self) -> String {
        addresses(self.locations.len())
    }
    fn listed(&self) -> &[String] {
        self.locations.get(..LISTED * 100).unwrap_or(&self.locations)
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("Counter-notice received: reply before {} [{}]", self.brief, self.notice);
        finish("counter_notice_copy", sender, subject, self, true)
    }
}
