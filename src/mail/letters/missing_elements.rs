//! Something the statute asks for is missing: what, and how to add it. 17 USC 512(c)(3)(B)(ii).

use askama::Template;

use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// One missing element.
pub struct MissingItem {
    pub title: String,
    pub cite: String,
    pub remedy: String,
}

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/missing_elements.txt")]
pub struct MissingElements {
    pub notice: String,
    pub received: String,
    pub items: Vec<MissingItem>,
    /// Opens the form, filled in with what was sent.
    pub link: String,
    /// Curable: work, material and contact are there, and the host must help. Otherwise this is a courtesy.
    pub curable: bool,
}

impl MissingElements {
    fn how_many(&self) -> String {
        if self.items.len() == 1 { "One detail is".to_owned() } else { format!("{} details are", self.items.len()) }
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        let subject = format!("{} missing from your copyright notice [{}]", self.how_many(), self.notice);
        finish("missing_elements", sender, subject, self, false)
    }
}
