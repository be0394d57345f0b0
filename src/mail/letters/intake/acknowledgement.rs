//! The receipt of the complainant: reference, what was matched, the private status link, and a copy of the notice. Never
//! a word about customers, nor which locations belong to one.

use serde::{Deserialize, Serialize};

use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::{Moment, Span};
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::intake::notice_copy::NoticeCopy;
use crate::mail::letters::listing::{LISTED, Listing};
use crate::mail::letters::wording::{Due, addresses, to_complainant_with_link};

/// An address that was reported before by the same sender for the same work.
#[derive(Serialize, Deserialize)]
pub struct RepeatedLocation {
    pub location: String,
    /// The earlier notice.
    pub notice: String,
}

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct Acknowledgement {
    pub notice: String,
    pub received: Moment,
    pub hosted: usize,
    pub not_hosted: Listing,
    /// As they were written, cut where they are long.
    pub unreadable: Listing,
    /// Something new is in hand.
    pub opened: bool,
    /// Addresses that repeat what is in hand, each with the notice it belongs to; at most [`LISTED`] of them.
    pub repeats: Vec<RepeatedLocation>,
    /// The notice that this one repeats word for word, or as a whole.
    pub repeats_notice: String,
    /// Addresses that others had reported before.
    pub by_others: usize,
    /// Forwarding waits for the email address to be confirmed.
    pub unconfirmed: bool,
    /// Until when the email address can be confirmed, where it is asked for.
    #[serde(default)]
    pub confirm_by: Option<Due>,
    /// Staff look before it is forwarded, as its sender has no record.
    pub staff_first: bool,
    pub link: PrivateLink,
    /// The longest time that customers have.
    pub deadline: Span,
    pub fingerprint: String,
    pub copy: NoticeCopy,
}

impl Acknowledgement {
    fn first(&self) -> String {
        if self.opened {
            let what = match (self.hosted, self.forwards_now()) {
                (1, true) => "One of the addresses is on our network, and we are processing it.".to_owned(),
                (1, false) => "One of the addresses is on our network.".to_owned(),
                (n, true) => format!("{n} of the addresses are on our network, and we are processing them."),
                (n, false) => format!("{n} of the addresses are on our network."),
            };
            return format!("Thank you. We received your notice. {what}");
        }
        if self.repeats.is_empty() {
            return "We received your notice. None of the addresses is on our network.".to_owned();
        }
        "We received your notice. We are already processing everything in it that is on our network, so we did not open a new case."
            .to_owned()
    }

    /// Nothing has to happen before it is forwarded.
    fn forwards_now(&self) -> bool {
        !self.staff_first && !self.unconfirmed
    }

    /// Why it is not forwarded yet; nothing where it is.
    fn waits(&self, context: &RenderContext) -> String {
        let by = self.confirm_by.map_or_else(String::new, |by| format!(" by {}", by.full(context)));
        let please = format!("please confirm your email address{by}, using the link in a separate email.");
        match (self.staff_first, self.unconfirmed) {
            (true, true) => format!(" Our staff will review it first. Also, {please}"),
            (true, false) => " Our staff will review it first.".to_owned(),
            (false, true) => format!(" First, {please}"),
            (false, false) => String::new(),
        }
    }

    /// What happens to the notice from here on, step by step.
    fn next_steps(&self) -> Vec<String> {
        let shares = "with your name, organization, and email address, so that they can settle it with you directly.";
        let forward = if self.forwards_now() {
            format!("We forward the notice to our customers, {shares}")
        } else {
            format!("We then forward the notice to our customers, {shares}")
        };
        let first = match (self.staff_first, self.unconfirmed) {
            (true, true) => Some("You confirm your email address, and our staff review the notice."),
            (true, false) => Some("Our staff review the notice."),
            (false, true) => Some("You confirm your email address. If you do not, our staff review the notice."),
            (false, false) => None,
        };
        first
            .map(str::to_owned)
            .into_iter()
            .chain([
                forward,
                format!("A customer has up to {} to answer after that.", self.deadline.as_period()),
                "If there is no answer, our staff decide whether to disable access.".to_owned(),
            ])
            .collect()
    }

    fn title(&self) -> &'static str {
        match (self.opened, self.repeats.is_empty()) {
            (true, _) => "We have your copyright notice",
            (false, false) => "Your copyright notice repeats an earlier one",
            (false, true) => "None of the addresses in your copyright notice is on our network",
        }
    }

    fn counts(&self) -> String {
        let (elsewhere, unreadable) = (self.not_hosted.len(), self.unreadable.len());
        let total = addresses(self.hosted + elsewhere + unreadable);
        let unreadable = if unreadable == 0 { String::new() } else { format!(", {unreadable} not readable") };
        format!("{total}: {} on our network, {elsewhere} on other networks{unreadable}", self.hosted)
    }

    fn facts(&self, body: &mut LetterBody) {
        body.fact("Reference", &self.notice).fact("Received", self.received.full()).fact("Addresses", self.counts());
        body.fact("Fingerprint", format!("sha-256 {}", self.fingerprint));
    }

    fn before(&self, body: &mut LetterBody) {
        if !self.repeats.is_empty() {
            body.section("Reported before");
            if !self.repeats_notice.is_empty() {
                let earlier = &self.repeats_notice;
                body.paragraph(format!(
                    "This notice repeats your notice {earlier}. We keep it and have linked it to that one."
                ));
            }
            body.paragraph(
                "You had already reported these for the same work, and we are processing them under these notices:",
            );
            for repeat in self.repeats.iter().take(LISTED) {
                body.fact(&repeat.notice, &repeat.location);
            }
        }
        if self.by_others > 0 {
            body.paragraph(format!(
                "Someone else had already reported {} of these addresses. We still forward your notice; for the customer, it is one incident.",
                self.by_others
            ));
        }
    }

    fn elsewhere(&self, body: &mut LetterBody) {
        if !self.not_hosted.is_empty() {
            body.section("Not on our network");
            self.not_hosted.write(body, "are listed on the status page.");
            let these = if self.not_hosted.len() == 1 { "this address" } else { "these addresses" };
            body.paragraph(format!(
                "We cannot act on {these}. A public WHOIS or RDAP lookup names the host to contact."
            ));
        }
        if !self.unreadable.is_empty() {
            body.section("Not readable");
            body.items(self.unreadable.first());
            if self.unreadable.more() > 0 {
                body.paragraph(format!("{} more are listed on the status page.", self.unreadable.more()));
            }
            body.paragraph("We keep what you wrote, but we cannot tell which address you mean. Please send it again with the full address, starting with https://.");
        }
    }
}

impl Letter for Acknowledgement {
    const KIND: &'static str = "acknowledgement";

    fn private_links(&self) -> Vec<&PrivateLink> {
        vec![&self.link]
    }

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.notice)
    }

    fn body(&self, context: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph(self.first());
        if !self.forwards_now() {
            body.emphasized("We have not forwarded it yet.", self.waits(context));
        }
        self.facts(&mut body);
        body.private_button("See the status of your notice", &self.link);
        self.before(&mut body);
        self.elsewhere(&mut body);
        if self.opened {
            body.section("What happens next").steps(self.next_steps());
        }
        self.copy.write(&mut body);
        body.reason(to_complainant_with_link());
        body
    }
}
