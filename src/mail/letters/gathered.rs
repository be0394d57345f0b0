//! Letters to one receiver that were more than we send in a day, as one.

use serde::{Deserialize, Serialize};

use super::wording::NOT_ADVICE;
use crate::domain::access::private_link::PrivateLink;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};

/// One of the letters.
#[derive(Serialize, Deserialize)]
pub struct GatheredItem {
    /// Its subject.
    pub subject: String,
    /// Where it can be read; none where there is no page.
    pub link: Option<PrivateLink>,
}

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct Gathered {
    pub items: Vec<GatheredItem>,
    /// It goes to a customer.
    pub customer: bool,
}

impl Gathered {
    fn title(&self) -> String {
        match self.items.len() {
            1 => "One more email about your copyright notices".to_owned(),
            n => format!("{n} emails about copyright notices, in one"),
        }
    }
}

impl Letter for Gathered {
    const KIND: &'static str = "gathered";

    fn private_links(&self) -> Vec<&PrivateLink> {
        self.items.iter().filter_map(|item| item.link.as_ref()).collect()
    }

    fn subject(&self, _: &RenderContext) -> String {
        self.title()
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph("We had more emails for this address today than we send individually. Here is a summary of each, with a link to the page that has the details.");
        for item in &self.items {
            match &item.link {
                Some(link) => body.private_button(&item.subject, link),
                None => body.items([&item.subject]),
            };
        }
        body.reason(if self.customer {
            format!("You are receiving this email because you are a contact for an account with us. Keep the links private: anyone who has one can answer for you. {NOT_ADVICE}")
        } else {
            format!("You are receiving this email because your email address appears in notices sent to our copyright agent. If you did not send them, please tell us. Keep the links private. {NOT_ADVICE}")
        });
        body
    }
}
