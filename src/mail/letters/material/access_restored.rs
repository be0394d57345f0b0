//! Access has returned: to the customer, and to the complaining party.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::listing::Listing;
use crate::mail::letters::wording::{to_complainant, to_contact};

/// Why it returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestoredBecause {
    /// The window of a counter-notice opened and no court action was told.
    CounterNotice,
    /// The complaining party took the notice back.
    Withdrawn,
    /// The host decided.
    Host,
}

/// Data of the letter.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessRestored {
    /// Empty to the complaining party.
    pub site: String,
    /// Case to the customer, notice to the complaining party.
    pub case: String,
    pub because: RestoredBecause,
    pub restored: Moment,
    /// Addresses that returned.
    pub locations: Listing,
    /// Addresses that another notice keeps disabled.
    pub held: Listing,
    /// What became of the strike; empty to the complaining party.
    pub strike: String,
    /// Account number where it goes to the customer; empty to the complaining party.
    pub account_number: String,
}

impl AccessRestored {
    fn to_customer(&self) -> bool {
        !self.account_number.is_empty()
    }
    fn on_site(&self) -> String {
        if self.site.is_empty() { String::new() } else { format!(" on {}", self.site) }
    }
    fn title(&self) -> String {
        let site = self.on_site();
        if self.locations.is_empty() {
            format!("Access to {}{site} stays disabled because of another notice", self.held.count())
        } else {
            format!("Access to {}{site} has returned", self.locations.count())
        }
    }
    fn why(&self) -> &'static str {
        match self.because {
            RestoredBecause::CounterNotice => {
                "A counter-notice was received, 10 business days have passed, and we were not notified of a court action before then (17 U.S.C. § 512(g)(2)(C)). We have not decided who is right."
            }
            RestoredBecause::Withdrawn => "The complaining party withdrew the notice.",
            RestoredBecause::Host => "We reviewed the case again and decided to restore access.",
        }
    }
}

impl Letter for AccessRestored {
    const KIND: &'static str = "access_restored";

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.case)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph(self.why()).fact(if self.to_customer() { "Case" } else { "Notice" }, &self.case);
        body.fact(if self.locations.is_empty() { "Ended" } else { "Restored" }, self.restored.full());
        if !self.strike.is_empty() {
            body.fact("Strike", &self.strike);
        }
        self.locations.write(&mut body, "returned too.");
        if !self.held.is_empty() {
            body.section("Still disabled because of another notice");
            self.held.write(&mut body, "stay disabled.");
            let them = if self.held.len() == 1 { "it" } else { "them" };
            body.paragraph(format!(
                "This case no longer keeps {them} disabled. Access returns when the other notice has ended too."
            ));
        }
        body.reason(if self.to_customer() { to_contact(&self.account_number) } else { to_complainant() });
        body
    }
}
