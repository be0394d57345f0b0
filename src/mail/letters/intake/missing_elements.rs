//! Something the statute asks for is missing: what, and how to add it. 17 USC 512(c)(3)(B)(ii).

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::to_complainant_with_link;

/// One missing element.
#[derive(Serialize, Deserialize)]
pub struct MissingItem {
    pub title: String,
    pub cite: String,
    pub remedy: String,
}

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct MissingElements {
    pub notice: String,
    pub received: Moment,
    pub items: Vec<MissingItem>,
    /// Opens the form, filled in with what was sent.
    pub link: PrivateLink,
    /// Curable: work, material and contact are there, and the host must help. Otherwise this is a courtesy.
    pub curable: bool,
}

impl MissingElements {
    fn title(&self) -> String {
        let n = self.items.len();
        let how_many = if n == 1 { "One detail is".to_owned() } else { format!("{n} details are") };
        format!("{how_many} missing from your copyright notice")
    }
}

impl Letter for MissingElements {
    const KIND: &'static str = "missing_elements";

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.notice)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph(if self.curable {
            "Your notice names the work, the material and how to reach you. The law asks for more before we can act on it."
        } else {
            "We received your notice, but the law does not let us treat it as one until it says what was copied, where the copy is and how to reach you."
        });
        for item in &self.items {
            body.fact("Missing", format!("{}, {}", item.title, item.cite)).fact("What to add", &item.remedy);
        }
        body.private_button("Add what is missing", &self.link);
        body.paragraph("The form is filled in with what you sent. The law requires every element in one notice, so the completed notice counts as new, from the time we receive it. Until then, we will not forward anything to our customer.");
        body.fact("Reference", &self.notice).fact("Received", self.received.long());
        body.reason(to_complainant_with_link());
        body
    }
}
