//! The customer's receipt for a counter-notice: when access returns, and what can stop it.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::domain::regimes::us_512::put_back::PutBack;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{addresses, to_contact};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct CounterNoticeReceived {
    pub site: String,
    pub case: String,
    pub account_number: String,
    pub received: Moment,
    /// It came by mail, email, or fax: the day of receipt is known, the time is not.
    #[serde(default)]
    pub on_paper: bool,
    pub window: PutBack,
    pub locations: usize,
    pub name: String,
    pub sent_to: String,
}

impl Letter for CounterNoticeReceived {
    const KIND: &'static str = "counter_notice_received";

    fn subject(&self, _: &RenderContext) -> String {
        format!("We have your counter-notice about {} [{}]", self.site, self.case)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(format!("We have your counter-notice about {}", self.site));
        body.paragraph(format!(
            "We received a counter-notice for {} in case {}, signed by {}, and sent the full copy to {}.",
            addresses(self.locations),
            self.case,
            self.name,
            self.sent_to
        ));
        let between = self.window.between();
        body.emphasized(format!("Access returns {between},"), " not earlier and not later, unless the complaining party tells us first that they have filed a court action or a claim before the Copyright Claims Board. We will email you when one of these happens.");
        let received = if self.on_paper { self.received.long_day(&context.zone) } else { self.received.full() };
        body.fact("Received", received).fact("Access returns", between);
        body.fact("Earliest", self.window.notice_by());
        body.paragraph("Until then access stays disabled. When it returns, the strike of this case stops counting if nothing else in the case stands.");
        body.reason(to_contact(&self.account_number));
        body
    }
}
