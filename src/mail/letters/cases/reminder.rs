//! Half of the time is over and there is no answer.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{Due, addresses, to_contact_with_link};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct Reminder {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub due: Due,
    pub link: PrivateLink,
    pub locations: usize,
    pub reported_by: String,
    pub first_letter: Moment,
    /// Active strikes of the account, if this notice counts.
    pub strikes_then: u32,
    pub threshold: u32,
}

impl Letter for Reminder {
    const KIND: &'static str = "reminder";
    const CARRIES_DEADLINE: bool = true;

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, context: &RenderContext) -> String {
        format!("Reminder: answer by {} [{}]", self.due.brief(context), self.case)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(format!("Reminder: answer by {}", self.due.brief(context)));
        body.paragraph(format!("We have not received your answer to the copyright notice about {}.", self.site));
        let left = self.due.moment(context).since(context.sending_at).in_words();
        let local = format!("{} When we sent this email, you had {left} left.", self.due.local(context));
        body.deadline("Answer by", self.due.full(context), local.trim_start());
        body.private_button("Read the notice and answer", &self.link);
        let (count, then) = (addresses(self.locations), self.strikes_then);
        let strikes = if then == 1 { "strike" } else { "strikes" };
        body.emphasized("Without an answer", format!(
            " our staff can disable access to {count}, and the notice counts as one strike. Your account then has {then} active {strikes}; a review starts at {}.",
            self.threshold
        ));
        body.paragraph("If you have already removed the material, please tell us so with the link above.");
        body.fact("Case", &self.case).fact("Reported by", &self.reported_by);
        body.fact("First email", self.first_letter.long()).reason(to_contact_with_link(&self.account_number));
        body
    }
}
