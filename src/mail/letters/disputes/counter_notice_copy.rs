//! The full copy of a counter-notice to the complaining party, with the words that access returns in 10 business
//! days. 17 USC 512(g)(2)(B).

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::Moment;
use crate::domain::regimes::us_512::counter_notice::{PERJURY, SERVICE};
use crate::domain::regimes::us_512::put_back::PutBack;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::{NOT_ADVICE, addresses};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct CounterNoticeCopy {
    pub notice: String,
    pub received: Moment,
    pub window: PutBack,
    /// The status page, where a court action is told.
    pub link: PrivateLink,
    pub name: String,
    pub address: String,
    pub phone: String,
    pub signature: String,
    /// It came by mail, email, or fax and was entered by staff: the day of receipt is known, the time is not.
    #[serde(default)]
    pub on_paper: bool,
    /// The consent to jurisdiction, as it was agreed to.
    pub consent: String,
    /// What the customer wrote, line by line.
    pub reason: Vec<String>,
    /// All of them: it is a full copy.
    pub locations: Vec<String>,
    /// Names of files that came with it; they can be read on the status page.
    pub files: Vec<String>,
}

impl CounterNoticeCopy {
    fn title(&self) -> String {
        let before = self.window.from.brief();
        format!("Counter-notice received: access returns unless you tell us of a court action before {before}")
    }

    fn copy(&self, body: &mut LetterBody, context: &RenderContext) {
        body.section("Copy of the counter-notice");
        let received = if self.on_paper { self.received.long_day(&context.zone) } else { self.received.full() };
        body.fact("Your notice", &self.notice).fact("Received", received).fact("Name", &self.name);
        body.fact("Address", &self.address).fact("Telephone", &self.phone);
        if self.on_paper {
            body.fact("Signed", format!("{}, in the document that we received", self.signature));
        } else {
            body.fact("Signature", format!("{} (electronic), {}", self.signature, self.received.day()));
        }
        body.facts("File sent with it", &self.files).addresses(&self.locations);
        body.section("Statements in the counter-notice").items([PERJURY, &self.consent, SERVICE]);
        if !self.reason.is_empty() {
            body.section("Reason given").quote(&self.reason);
        }
    }
}

impl Letter for CounterNoticeCopy {
    const KIND: &'static str = "counter_notice_copy";
    const CARRIES_DEADLINE: bool = true;

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.notice)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let window = &self.window;
        let mut body = LetterBody::new(self.title());
        body.paragraph(format!(
            "Our customer disputes your notice {} for {}. A full copy follows, as 17 U.S.C. § 512(g)(2)(B) requires.",
            self.notice,
            addresses(self.locations.len())
        ));
        body.emphasized(
            "We will restore access to the material in 10 business days,",
            format!(
                " that is {} (not less than 10 nor more than 14 business days after we received the counter-notice), unless you tell us first that you have filed an action seeking a court order to restrain our customer, or a claim before the Copyright Claims Board.",
                window.between()
            ),
        );
        body.deadline("Tell us before", window.notice_by(), window.notice_by_local());
        body.private_button("Tell us about a court action", &self.link);
        body.paragraph("If you do nothing, access returns. That does not decide who is right.");
        self.copy(&mut body, context);
        body.reason(format!("You are receiving this email because you sent the notice that is disputed. The name, address and telephone number above are for this dispute only. Keep the link private. {NOT_ADVICE}"));
        body
    }
}
