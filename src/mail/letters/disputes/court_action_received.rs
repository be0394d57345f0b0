//! A court action was told: the complaining party's receipt, and the customer's letter that access stays disabled.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::domain::regimes::us_512::counter_notice::CourtAction;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{to_complainant, to_contact};

/// Data of the letter.
#[derive(Clone, Serialize, Deserialize)]
pub struct CourtActionReceived {
    /// Case to the customer, notice to the complaining party.
    pub case: String,
    pub site: String,
    pub action: CourtAction,
    pub received: Moment,
    /// Received before access was restored.
    pub in_time: bool,
    /// Account number where it goes to the customer; empty to the complaining party.
    pub account_number: String,
    pub agent_email: String,
}

impl CourtActionReceived {
    fn to_customer(&self) -> bool {
        !self.account_number.is_empty()
    }
    fn title(&self) -> String {
        match (self.in_time, self.to_customer()) {
            (true, true) => format!("Access on {} stays disabled: a court action was filed", self.site),
            (true, false) => "We have your notice of a court action".to_owned(),
            (false, _) => "Your notice of a court action came after access was restored".to_owned(),
        }
    }
    fn follows(&self) -> String {
        match (self.in_time, self.to_customer()) {
            (true, true) => format!("The complaining party has told us that they filed an action about the material in case {}. We therefore do not restore access after your counter-notice, 17 U.S.C. § 512(g)(2)(C).", self.case),
            (true, false) => "We received it before access was restored, so access stays disabled, 17 U.S.C. § 512(g)(2)(C). We have notified our customer.".to_owned(),
            (false, _) => "Access had returned by then. We keep your notice on record, and our staff will review it. We will follow a court order.".to_owned(),
        }
    }
}

impl Letter for CourtActionReceived {
    const KIND: &'static str = "court_action_received";

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.case)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph(self.follows());
        body.fact(if self.to_customer() { "Case" } else { "Notice" }, &self.case);
        body.fact("What was filed", self.action.kind.label());
        body.fact("Court", &self.action.court).fact("Case or docket number", &self.action.docket);
        body.fact("Filed", &self.action.filed_on).fact("Received", self.received.full());
        if self.to_customer() {
            body.paragraph(format!(
                "What follows is between you and the complaining party. Tell us at {} if the action ends or a court decides.",
                self.agent_email
            ));
            body.reason(to_contact(&self.account_number));
        } else {
            body.paragraph(format!("Tell us at {} if the action ends or is withdrawn.", self.agent_email));
            body.reason(to_complainant());
        }
        body
    }
}
