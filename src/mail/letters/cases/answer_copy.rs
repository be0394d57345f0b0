//! A copy of the customer's own answer.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{Due, to_contact};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct AnswerCopy {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub answer: String,
    /// What the customer wrote, line by line.
    pub note: Vec<String>,
    pub recorded: Moment,
    pub due: Due,
    /// What follows from this answer, in one sentence.
    pub follows: String,
}

impl Letter for AnswerCopy {
    const KIND: &'static str = "answer_copy";

    fn subject(&self, _: &RenderContext) -> String {
        format!("Your answer is recorded [{}]", self.case)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new("Your answer is recorded");
        body.paragraph(format!("This is a copy of your answer to the copyright notice about {}.", self.site));
        body.fact("Case", &self.case).fact("Answer", &self.answer).fact("Recorded", self.recorded.full());
        body.fact("Deadline", self.due.full(context)).quote(&self.note).paragraph(&self.follows);
        body.paragraph("You can correct your answer until the deadline, with the link in our first email. If you did not give this answer, please call us.");
        body.reason(to_contact(&self.account_number));
        body
    }
}
