//! The receipt of the complainant: reference, what was matched, the private status link.

use askama::Template;

use super::{LISTED, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// A case that was opened, without any word about the customer.
#[derive(PartialEq, Eq)]
pub struct OpenedCase {
    pub reference: String,
    pub locations: usize,
}

/// An address that was reported before by the same sender for the same work.
#[derive(PartialEq, Eq)]
pub struct RepeatedLocation {
    pub location: String,
    pub case: String,
}

/// Data of the letter.
#[derive(Template, PartialEq, Eq)]
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
    /// Addresses that repeat what is in hand, each with the case it belongs to.
    pub repeats: Vec<RepeatedLocation>,
    /// The notice that this one repeats word for word, or as a whole.
    pub repeats_notice: String,
    /// Addresses that others had reported before.
    pub by_others: usize,
    /// Forwarding waits for the mail address to be confirmed.
    pub unconfirmed: bool,
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
            0 if !self.repeats.is_empty() => {
                "We received your notice. Everything in it that is on our network is in hand already; nothing new was opened.".to_owned()
            }
            0 => "We received your notice. None of the addresses is on our network.".to_owned(),
            1 => "Thank you. We received your notice and opened one case.".to_owned(),
            n => format!("Thank you. We received your notice and opened {n} cases."),
        }
    }
    fn title(&self) -> &'static str {
        match self.case_count {
            0 if !self.repeats.is_empty() => "Your copyright notice repeats an earlier one",
            0 => "None of the addresses in your copyright notice is on our network",
            _ => "We have your copyright notice",
        }
    }
    fn first_repeats(&self) -> &[RepeatedLocation] {
        self.repeats.get(..LISTED).unwrap_or(&self.repeats)
    }
    fn others(&self) -> String {
        addresses(self.by_others)
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
        finish("acknowledgement", sender, format!("{} [{}]", self.title(), self.notice), self, false)
    }
}
