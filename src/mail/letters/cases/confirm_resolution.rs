//! Customers say that the matter was settled: the complainant is asked to confirm, for the locations concerned.

use serde::{Deserialize, Serialize};

use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::listing::Listing;
use crate::mail::letters::wording::to_complainant;

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct ConfirmResolution {
    pub notice: String,
    pub locations: Listing,
    pub agent_email: String,
}

impl Letter for ConfirmResolution {
    const KIND: &'static str = "confirm_resolution";

    fn subject(&self, _: &RenderContext) -> String {
        format!("Was this resolved with you? [{}]", self.notice)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let (count, notice, email) = (self.locations.count(), &self.notice, &self.agent_email);
        let mut body = LetterBody::new("Was this resolved with you?");
        body.paragraph(format!(
            "We were told that the matter was resolved with you for {count} of your notice {notice}."
        ));
        body.paragraph(format!("Please confirm by writing to {email} with the reference {notice}, or tell us for which addresses it was not resolved. If you do not confirm, your notice stands and our staff will decide."));
        body.fact("Your notice", notice);
        self.locations.write(&mut body, "are listed on the status page.");
        body.reason(to_complainant());
        body
    }
}
