//! The repeat-infringer policy of 17 USC 512(i)(1)(A): numbers and periods, versioned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Span;

/// One version of the policy. Every strike and flag names the version it was counted under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Strikes of this age stop counting.
    pub strike_expiry: Span,
    /// The threshold is reached by strikes received within this period.
    pub window: Span,
    /// Notices received within this time of an incident's first notice belong to it; zero leaves only the
    /// two rules of the design: before the customer was first told, or about the same material.
    pub incident_window: Span,
    /// This many unanswered cases within the window flag an account too; zero switches it off.
    pub unanswered_flag: u32,
    /// Suspension and termination need a second person.
    pub second_approver: bool,
    /// Length of the one extension a customer can take.
    pub extension: Span,
    /// How long a customer can object to a decision.
    pub objection_period: Span,
    /// Rules by segment.
    pub segments: BTreeMap<String, Segment>,
}

/// Rules for one kind of customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// As shown: `Shared hosting`.
    pub label: String,
    /// Time to answer a notice.
    pub deadline: Span,
    /// Strikes that bring the account before staff.
    pub threshold: u32,
    /// Their customers have customers of their own.
    pub downstream_provider: bool,
}

impl Policy {
    /// Rules of a segment; an unknown one is treated like the strictest, so that nobody slips through.
    pub fn segment(&self, name: &str) -> Segment {
        self.segments.get(name).cloned().unwrap_or_else(|| Segment {
            label: name.to_owned(),
            deadline: self.segments.values().map(|s| s.deadline).min().unwrap_or(Span::hours(48)),
            threshold: self.segments.values().map(|s| s.threshold).min().unwrap_or(3),
            downstream_provider: false,
        })
    }
}
