//! The deadline was moved.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{Due, to_contact_with_link};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct DeadlineMoved {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub due: Due,
    pub link: PrivateLink,
}

impl Letter for DeadlineMoved {
    const KIND: &'static str = "deadline_moved";
    const CARRIES_DEADLINE: bool = true;

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, context: &RenderContext) -> String {
        format!("New deadline: answer by {} [{}]", self.due.brief(context), self.case)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(format!("New deadline: answer by {}", self.due.brief(context)));
        body.paragraph(format!("We have moved the deadline to answer the copyright notice about {}.", self.site));
        body.deadline("Answer by", self.due.full(context), self.due.local(context));
        body.private_button("Read the notice and answer", &self.link).fact("Case", &self.case);
        body.reason(to_contact_with_link(&self.account_number));
        body
    }
}
