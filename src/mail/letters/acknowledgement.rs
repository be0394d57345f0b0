//! The receipt of the complainant: reference, what was matched, the private status link, and a copy of the notice. Never
//! a word about customers, nor which locations belong to one.

use askama::Template;

use super::{LISTED, NoticeCopy, addresses};
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// An address that was reported before by the same sender for the same work.
#[derive(PartialEq, Eq)]
pub struct RepeatedLocation {
    pub location: String,
    /// The earlier notice.
    pub notice: String,
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
    /// Something new is in hand.
    pub opened: bool,
    /// Addresses that repeat what is in hand, each with the notice it belongs to.
    pub repeats: Vec<RepeatedLocation>,
    /// The notice that this one repeats word for word, or as a whole.
    pub repeats_notice: String,
    /// Addresses that others had reported before.
    pub by_others: usize,
    /// Forwarding waits for the mail address to be confirmed.
    pub unconfirmed: bool,
    /// Staff look before it is forwarded, as its sender has no record.
    pub staff_first: bool,
    pub link: String,
    /// Shortest and longest time customers have, as a period.
    pub deadline: String,
    pub fingerprint: String,
    pub copy: NoticeCopy,
}

impl Acknowledgement {
    fn total(&self) -> String {
        addresses(self.hosted + self.not_hosted.len() + self.unreadable.len())
    }
    fn first(&self) -> String {
        if self.opened {
            let on_ours = if self.hosted == 1 { "It is" } else { "They are" };
            return format!(
                "Thank you. We received your notice. {} on our network. {on_ours} in hand.",
                match self.hosted {
                    1 => "One address is".to_owned(),
                    n => format!("{n} addresses are"),
                }
            );
        }
        if self.repeats.is_empty() {
            return "We received your notice. None of the addresses is on our network.".to_owned();
        }
        "We received your notice. Everything in it that is on our network is in hand already; nothing new was opened."
            .to_owned()
    }
    fn title(&self) -> &'static str {
        match (self.opened, self.repeats.is_empty()) {
            (true, _) => "We have your copyright notice",
            (false, false) => "Your copyright notice repeats an earlier one",
            (false, true) => "None of the addresses in your copyright notice is on our network",
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
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("acknowledgement", sender, format!("{} [{}]", self.title(), self.notice), self, false)
    }
}
