//! What staff decided about the account: the reasons, the strikes, and how to object.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::domain::enforcement::decision::DecisionKind;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};
use crate::mail::letters::wording::to_contact;

/// A strike that was counted.
#[derive(Serialize, Deserialize)]
pub struct CountedStrike {
    pub case: String,
    pub site: String,
    pub received: Moment,
    pub counts_until: Moment,
}

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct DecisionLetter {
    pub kind: DecisionKind,
    pub account: String,
    pub account_number: String,
    pub decided: Moment,
    pub policy_version: i64,
    pub grounds: Vec<String>,
    /// What staff wrote, line by line.
    pub reasons: Vec<String>,
    pub strikes: Vec<CountedStrike>,
    pub threshold: u32,
    /// The last day on which an objection is reviewed.
    pub object_until: Moment,
    pub agent_email: String,
    pub policy_link: String,
}

impl DecisionLetter {
    fn title(&self) -> &'static str {
        match self.kind {
            DecisionKind::Suspend => "Your account is suspended",
            DecisionKind::Terminate => "Your account is closed",
            DecisionKind::Lift => "The suspension of your account is lifted",
            DecisionKind::Warn | DecisionKind::NoAction => "A warning about your account",
        }
    }

    fn means(&self) -> &'static str {
        match self.kind {
            DecisionKind::Suspend => {
                "All services of the account go offline until the suspension is lifted. Your data is kept."
            }
            DecisionKind::Terminate => "The account ends. Contact us about a copy of your data.",
            DecisionKind::Lift => {
                "Services come back. The strikes below stay on record and count until the dates shown."
            }
            DecisionKind::Warn | DecisionKind::NoAction => {
                "Services stay online. A review starts again with the next strike."
            }
        }
    }

    fn counted(&self, body: &mut LetterBody) {
        body.section("Strikes that count today");
        for strike in &self.strikes {
            let (received, until) = (strike.received.day(), strike.counts_until.day());
            body.fact(&strike.case, format!("{}, received {received}, counts until {until}", strike.site));
        }
        match self.strikes.len() {
            0 => body.paragraph("None."),
            1 => body.paragraph(format!("You have 1 active strike. A review starts at {}.", self.threshold)),
            n => body.paragraph(format!("You have {n} active strikes. A review starts at {}.", self.threshold)),
        };
    }
}

impl Letter for DecisionLetter {
    const KIND: &'static str = "decision";

    fn subject(&self, _: &RenderContext) -> String {
        format!("{} [{}]", self.title(), self.account_number)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new(self.title());
        body.paragraph(format!(
            "This is about your account {} ({}) and our repeat-infringer policy.",
            self.account, self.account_number
        ));
        body.emphasized("What it means:", format!(" {}", self.means())).fact("Decided", self.decided.long());
        body.fact("Policy", format!("version {}, {}", self.policy_version, self.policy_link));
        body.facts("Grounds", &self.grounds).section("Reasons").quote(&self.reasons);
        self.counted(&mut body);
        body.section("If you disagree").paragraph(format!(
            "Reply to this email or write to {} by {}, with the account number and your reasons. Someone who was not involved in this decision will review it.",
            self.agent_email,
            self.object_until.day()
        ));
        body.reason(to_contact(&self.account_number));
        body
    }
}
