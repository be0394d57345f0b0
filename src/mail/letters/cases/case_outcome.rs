//! Locations of a notice have ended: the complaining party is told how, by location.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::listing::Listing;
use crate::mail::letters::wording::to_complainant_with_link;

/// Locations that ended in one way.
#[derive(Serialize, Deserialize)]
pub struct Ended {
    /// `Removed`.
    pub state: String,
    /// What it means; may be empty.
    pub sentence: String,
    /// In the order of the notice.
    pub locations: Listing,
}

/// Data of the letter. It never says which locations belong together.
#[derive(Serialize, Deserialize)]
pub struct CaseOutcome {
    pub notice: String,
    pub ended: Vec<Ended>,
    /// Locations that are in hand or disputed.
    pub open: usize,
    pub told: Moment,
    pub link: PrivateLink,
}

impl CaseOutcome {
    fn title(&self) -> String {
        match (self.ended.as_slice(), self.open) {
            ([only], 0) => format!("Your copyright notice: {}", only.state.to_lowercase()),
            (_, 0) => "Your copyright notice: how it ended".to_owned(),
            _ => "Your copyright notice: how some of it ended".to_owned(),
        }
    }
}

impl Letter for CaseOutcome {
    const KIND: &'static str = "case_outcome";

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.notice)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph("Here is the current status of the addresses in your notice.");
        body.fact("Notice", &self.notice).fact("As of", self.told.full());
        for one in &self.ended {
            body.fact(&one.state, one.locations.len().to_string());
        }
        if self.open > 0 {
            body.fact("Being processed or disputed", self.open.to_string());
        }
        body.private_button("See the status of each address", &self.link);
        for one in &self.ended {
            body.section(&one.state);
            if !one.sentence.is_empty() {
                body.paragraph(&one.sentence);
            }
            one.locations.write(&mut body, "are listed on the page behind the link.");
        }
        body.paragraph(
            "If the material reappears, or you think this is wrong, send a new notice or reply to this email.",
        );
        body.reason(to_complainant_with_link());
        body
    }
}
