//! A copy of the customer's own answer.

use askama::Template;

use super::Due;
use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/answer_copy.txt")]
pub struct AnswerCopy {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub answer: String,
    pub note: Vec<String>,
    pub recorded: String,
    pub due: Due,
    /// What follows from this answer, in one sentence.
    pub follows: String,
}

impl AnswerCopy {
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("answer_copy", sender, format!("Your answer is recorded [{}]", self.case), self, false)
    }
}
