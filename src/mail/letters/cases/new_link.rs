//! A fresh link, asked for on the page of an expired one.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{Due, to_contact_with_link};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct NewLink {
    pub site: String,
    pub case: String,
    pub account_number: String,
    /// None where access is disabled already: the link opens the page of the counter-notice.
    pub due: Option<Due>,
    pub link: PrivateLink,
}

impl Letter for NewLink {
    const KIND: &'static str = "new_link";
    const CARRIES_DEADLINE: bool = true;

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, _: &RenderContext) -> String {
        format!("Your new link [{}]", self.case)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new("Your new link");
        body.paragraph(format!("Someone asked for a new link to answer the copyright notice about {}. Links in earlier emails keep working until they expire.", self.site));
        if let Some(due) = self.due {
            body.deadline("Answer by", due.full(context), due.local(context));
            body.private_button("Read the notice and answer", &self.link);
        } else {
            body.private_button("Read about the case and send a counter-notice", &self.link);
        }
        body.fact("Case", &self.case).reason(to_contact_with_link(&self.account_number));
        body
    }
}
