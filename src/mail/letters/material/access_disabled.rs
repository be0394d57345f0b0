//! Access was disabled: the customer is told promptly, 17 USC 512(g)(2)(A), and how a counter-notice is sent.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::listing::Listing;
use crate::mail::letters::wording::to_contact_with_link;

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct AccessDisabled {
    pub site: String,
    pub case: String,
    pub account: String,
    pub account_number: String,
    pub disabled: Moment,
    /// What staff wrote, line by line.
    pub reason: Vec<String>,
    pub reported_by: String,
    pub works: Vec<String>,
    pub locations: Listing,
    /// Opens the page of the counter-notice.
    pub link: PrivateLink,
    pub downstream: bool,
}

impl Letter for AccessDisabled {
    const KIND: &'static str = "access_disabled";

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, _: &RenderContext) -> String {
        format!("Access to {} on {} is disabled [{}]", self.locations.count(), self.site, self.case)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let count = self.locations.count();
        let mut body = LetterBody::new(format!("Access to {count} on {} is disabled", self.site));
        body.paragraph(format!(
            "We disabled access to {count} on your account {} ({}) because of a copyright notice. The rest of your account stays online.",
            self.account, self.account_number
        ));
        body.quote(&self.reason);
        if self.downstream {
            body.paragraph("If the material belongs to a customer of yours, please tell them at once; they can send a counter-notice through you.");
        }
        body.fact("Case", &self.case).fact("Disabled", self.disabled.full()).fact("Reported by", &self.reported_by);
        body.facts("Works", &self.works);
        self.locations.write(&mut body, "are listed on the page behind the link.");
        body.section("If this is a mistake");
        body.paragraph("If the material was disabled by mistake or because it was wrongly identified, you can send a counter-notice under 17 U.S.C. § 512(g)(3). We then restore access 10 to 14 business days after we receive it, unless the complaining party tells us first that they have filed a court action.");
        body.paragraph("A counter-notice carries your name, address and telephone number, and we must send a full copy of it to the complaining party.");
        body.private_button("Read about it and send a counter-notice", &self.link);
        body.paragraph("You can also write to the complaining party directly; if they withdraw the notice, access returns and no strike counts.");
        body.reason(to_contact_with_link(&self.account_number));
        body
    }
}
