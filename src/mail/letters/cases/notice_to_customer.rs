//! The notice goes to the customer: what, where, by when, the link, and what follows silence.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::intake::notice::RawStatements;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::listing::Listing;
use crate::mail::letters::wording::{Due, to_contact_with_link};

/// Data of the letter.
#[derive(Clone, Serialize, Deserialize)]
pub struct NoticeToCustomer {
    pub site: String,
    pub case: String,
    pub account: String,
    pub account_number: String,
    pub due: Due,
    pub link: PrivateLink,
    pub works: Vec<String>,
    /// Name, organization and owner of the complaining party.
    pub reported_by: String,
    /// How to reach the complaining party: email address, and more where the host shares it.
    pub reach: Vec<String>,
    pub received: Moment,
    pub locations: Listing,
    pub statements: RawStatements,
    /// How long a strike counts.
    pub strike_period: Span,
    /// By how much the customer can move the deadline.
    pub extension: Span,
    /// Other cases in hand about some of the same addresses: one incident.
    pub also_in: Vec<String>,
    /// The account's own customers are concerned.
    pub downstream: bool,
}

impl NoticeToCustomer {
    fn silence(&self, body: &mut LetterBody) {
        let period = self.strike_period.as_period();
        body.emphasized("If you do not answer by then,", format!(" our staff can disable access to these addresses, and the notice counts as one strike on your account for {period}."));
        if self.downstream {
            body.emphasized("You host customers of your own:", " please act on your customer. Pass this notice on at once, have the material removed or disable access to it yourself, and tell us on the same page what was done. Cases of your customers are counted apart from cases of your own.");
        }
        if !self.also_in.is_empty() {
            let cases = self.also_in.join(", ");
            body.paragraph(format!("Some of these addresses are also in {cases}, sent by someone else. Together they are one incident and count once; please answer each."));
        }
    }

    fn report(&self, body: &mut LetterBody) {
        body.section("What was reported").facts("Works", &self.works).fact("Reported by", &self.reported_by);
        body.facts("Reach them at", &self.reach).fact("Received", self.received.long()).fact("Case", &self.case);
        self.locations.write(body, "are listed on the page behind the link.");
        let statements = self.statements.told();
        if !statements.is_empty() {
            body.section("What the notice states").paragraph("The notice states:").items(statements);
        }
    }
}

impl Letter for NoticeToCustomer {
    const KIND: &'static str = "notice_to_customer";
    const CARRIES_DEADLINE: bool = true;

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, context: &RenderContext) -> String {
        format!("Copyright notice about {}: answer by {} [{}]", self.site, self.due.brief(context), self.case)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let brief = self.due.brief(context);
        let mut body = LetterBody::new(format!("Copyright notice about {}: answer by {brief}", self.site));
        body.paragraph(format!(
            "We received a copyright notice about {} on your account {} ({}). We have not decided whether it is right. Please tell us what you want to do.",
            self.locations.count(), self.account, self.account_number
        ));
        body.deadline("Answer by", self.due.full(context), self.due.local(context));
        body.private_button("Read the notice and answer", &self.link);
        self.silence(&mut body);
        self.report(&mut body);
        body.section("You can answer in one of four ways").steps([
            "I have removed it".to_owned(),
            "It was resolved with the complaining party; you can write to them directly (we have not told them who you are)".to_owned(),
            "I dispute this, with your reasons".to_owned(),
            format!("It is not mine, or I need more time; the deadline can be moved once, by {}", self.extension.as_period()),
        ]);
        body.reason(to_contact_with_link(&self.account_number));
        body
    }
}
