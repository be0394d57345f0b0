//! A first-time sender is asked to confirm the email address.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{Due, NOT_ADVICE};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct ConfirmAddress {
    pub notice: String,
    pub received: Moment,
    pub by: Due,
    pub link: PrivateLink,
}

impl Letter for ConfirmAddress {
    const KIND: &'static str = "confirm_address";
    const CARRIES_DEADLINE: bool = true;

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, context: &RenderContext) -> String {
        format!("Please confirm your copyright notice by {} [{}]", self.by.brief(context), self.notice)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let brief = self.by.brief(context);
        let mut body = LetterBody::new(format!("Please confirm your copyright notice by {brief}"));
        body.paragraph("Someone sent us a copyright notice with this email address. If it was you, please confirm, and we will forward it right away.");
        body.deadline("Confirm by", self.by.full(context), self.by.local(context));
        body.private_button("Confirm that I sent the notice", &self.link);
        body.paragraph("If you do not confirm, nothing is lost: our staff will review the notice and decide whether to forward it.");
        body.paragraph("If you did not send it, you do not need to do anything. The page behind the link shows what was sent, and you can tell us there.");
        body.fact("Reference", &self.notice).fact("Received", self.received.long());
        body.reason(format!("You are receiving this email because your email address appears in a notice sent to our copyright agent. We ask when nothing else shows who sent a notice. {NOT_ADVICE}"));
        body
    }
}
