//! What several letters say alike: deadlines, counts, why somebody receives a letter.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::{Moment, Span};
use crate::mail::letter::RenderContext;

/// A deadline in a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// At a time that is known.
    At(Moment),
    /// So long after the attempt that delivers the letter: each attempt names its own time.
    AfterDelivery(Span),
}

impl Due {
    /// The time that the letter names: the deadline that runs, where one does, or what it says itself.
    pub fn moment(self, context: &RenderContext) -> Moment {
        context.running_deadline.unwrap_or(match self {
            Self::At(at) => at,
            Self::AfterDelivery(period) => context.sending_at + period,
        })
    }
    /// `Friday 13 March 2026, 17:00 UTC`.
    pub fn full(self, context: &RenderContext) -> String {
        self.moment(context).full()
    }
    /// `Fri 13 March, 17:00 UTC`, for subjects.
    pub fn brief(self, context: &RenderContext) -> String {
        self.moment(context).brief()
    }
    /// The same time in the zone of the host; empty where that is UTC.
    pub fn local(self, context: &RenderContext) -> String {
        self.moment(context).local_sentence(&context.zone).unwrap_or_default()
    }
}

/// `1 address`, `9 addresses`.
pub fn addresses(n: usize) -> String {
    if n == 1 { "1 address".to_owned() } else { format!("{n} addresses") }
}

/// Why a contact of an account gets a letter that has no link in it.
pub(in crate::mail::letters) fn to_contact(account_number: &str) -> String {
    format!("You are receiving this email because you are a contact for account {account_number}. {NOT_ADVICE}")
}

/// Why a contact of an account gets a letter with a link that answers.
pub(in crate::mail::letters) fn to_contact_with_link(account_number: &str) -> String {
    format!(
        "You are receiving this email because you are a contact for account {account_number}. Do not forward it: anyone with the link can answer for you. {NOT_ADVICE}"
    )
}

/// Why a complainant gets a letter that has no link in it.
pub(in crate::mail::letters) fn to_complainant() -> String {
    format!("You are receiving this email because you sent a notice to our copyright agent. {NOT_ADVICE}")
}

/// Why a complainant gets a letter with a link to the notice.
pub(in crate::mail::letters) fn to_complainant_with_link() -> String {
    format!(
        "You are receiving this email because you sent a notice to our copyright agent. Keep the link private: anyone who has it can see the notice. {NOT_ADVICE}"
    )
}

pub(in crate::mail::letters) const NOT_ADVICE: &str =
    "This email explains a process set by law; it is not legal advice.";
