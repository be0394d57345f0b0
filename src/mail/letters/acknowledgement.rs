//! The receipt of the complainant: reference, what was matched, the private status link.

use askama::Template;

use super::{LISTED, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// A case that was opened, without any word about the customer.
pub struct OpenedCase {
    pub reference: String,
    pub locations: usize,
}

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/acknowledgement.txt")]
pub struct Acknowledgement {
    pub notice: String,
    pub received: String,
    pub hosted: usize,
    pub not_hosted: Vec<String>,
    pub unreadable: Vec<String>,
    /// At most [`LISTED`] of them.
    pub cases: Vec<OpenedCase>,
    pub case_count: usize,
    pub link: String,
    /// Shortest and longest time customers have, as a period.
    pub deadline: String,
    pub fingerprint: String,
}

impl Acknowledgement {
    fn total(&self) -> String {
        addresses(self.hosted + self.not_hosted.len() + self.unreadable.len())
    }
    fn opened(&self) -> String {
        match self.case_count {
            0 => "We received your notice. None of the addresses is on our network.".to_owned(),
            1 => "Thank you. We received your notice and opened one case.".to_owned(),
            n => format!("Thank you. We received your notice and opened {n} cases."),
        }
    }
    fn listed<'a>(&self, all: &'a [String]) -> &'a [String] {
        all.get(..LISTED).unwrap_or(all)
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn in_case(&self, n: &usize) -> String {
        addresses(*n)
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("acknowledgement", sender, format!("We have your copyright notice [{}]", self.notice), self, false)
    }
}
