//! A notice, or part of one, was taken back: the customer is told, and the complaining party gets a receipt.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::listing::Listing;
use crate::mail::letters::wording::{addresses, to_complainant, to_contact};

/// Data of the letter.
#[derive(Clone, Serialize, Deserialize)]
pub struct WithdrawalLetter {
    /// Case to the customer, notice to the complaining party.
    pub reference: String,
    pub site: String,
    pub withdrawn: Moment,
    pub locations: Listing,
    /// Nothing is left of the case, or of the notice.
    pub whole: bool,
    /// Addresses to which access returns.
    pub returning: usize,
    /// Addresses that another notice keeps disabled.
    pub held: usize,
    /// What became of the strike, in a sentence; empty where there was none.
    pub strike: String,
    /// Another notice of the same sender about the same site is forwarded next.
    #[serde(default)]
    pub another_follows: bool,
    /// Account number where it goes to the customer; empty to the complaining party.
    pub account_number: String,
}

impl WithdrawalLetter {
    fn to_customer(&self) -> bool {
        !self.account_number.is_empty()
    }
    fn title(&self) -> String {
        match (self.to_customer(), self.whole) {
            (true, true) => format!("The copyright notice about {} was withdrawn", self.site),
            (true, false) => format!("The copyright notice about {} was withdrawn in part", self.site),
            (false, true) => "Your copyright notice is withdrawn".to_owned(),
            (false, false) => "Your copyright notice is withdrawn in part".to_owned(),
        }
    }
    fn what(&self) -> String {
        let (reference, count) = (&self.reference, self.locations.count());
        match (self.to_customer(), self.whole) {
            (true, true) => {
                let next = if self.another_follows {
                    format!("Another notice from the same sender about {} follows in a separate email.", self.site)
                } else {
                    "You do not need to do anything.".to_owned()
                };
                format!("The complaining party withdrew the notice in case {reference}. {next}")
            }
            (true, false) => format!(
                "The complaining party withdrew the notice for {count} in case {reference}. The rest of the notice is unchanged."
            ),
            (false, true) => {
                format!(
                    "We recorded that you withdrew the whole notice {reference} and notified everyone we had forwarded it to."
                )
            }
            (false, false) => format!(
                "We recorded that you withdrew notice {reference} for {count} and notified everyone we had forwarded it to. The rest of the notice is unchanged."
            ),
        }
    }
}

impl Letter for WithdrawalLetter {
    const KIND: &'static str = "withdrawal";

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.reference)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph(self.what());
        if self.returning > 0 {
            body.paragraph(format!("Access to {} returns.", addresses(self.returning)));
        }
        if self.held > 0 {
            let held = addresses(self.held);
            body.paragraph(format!("Access to {held} stays disabled because of another notice."));
        }
        if !self.strike.is_empty() {
            body.paragraph(&self.strike);
        }
        body.fact("Withdrawn", self.withdrawn.full());
        self.locations.write(&mut body, "were withdrawn too.");
        if self.to_customer() {
            body.reason(to_contact(&self.account_number));
        } else {
            body.paragraph("A withdrawal cannot be undone; you can send a new notice.");
            body.reason(to_complainant());
        }
        body
    }
}
