//! Letters to one receiver that were more than we send in a day, as one.

use askama::Template;

use crate::domain::contact::one_line;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// One of the letters.
pub struct GatheredItem {
    /// Its subject.
    pub subject: String,
    /// Where it can be read; empty where there is no page.
    pub link: String,
}

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/gathered.txt")]
pub struct Gathered {
    pub items: Vec<GatheredItem>,
    /// It goes to a customer.
    pub customer: bool,
}

impl Gathered {
    fn title(&self) -> String {
        match self.items.len() {
            1 => "One more letter about your copyright notices".to_owned(),
            n => format!("{n} letters about copyright notices, in one"),
        }
    }
    /// A row has two columns.
    fn row(&self, text: &str) -> String {
        one_line(text, 300).replace('|', "/")
    }
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("gathered", sender, self.title(), self, false)
    }
}
