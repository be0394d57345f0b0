//! Counting: what makes one incident, what counts, and when an account comes before people.
//!
//! The machine counts and flags; it never suspends.

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use crate::domain::base::moment::{Moment, Span};

/// Why a strike counts or no longer counts. Strikes are never deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StrikeStatus {
    /// Counts.
    Active,
    /// Ran out by age; stays on record.
    Expired,
    /// Taken out of the count by a person or a withdrawal; stays on record.
    Voided,
}

impl StrikeStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Expired, Self::Voided];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Voided => "voided",
        }
    }
    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
    /// As staff read it, with its mark in the stylesheet.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Active => ("review", "Active"),
            Self::Expired => ("closed", "Expired"),
            Self::Voided => ("withdrawn", "Voided"),
        }
    }
}

/// A notice that counts: when it was received, and when the customer was first told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    pub received_at: Moment,
    /// None while the customer has not been told.
    pub told_at: Option<Moment>,
}

/// Whether two notices about one customer are one incident: the later one arrived before the customer was
/// told of the earlier, or it is about the same material, or it falls into the policy's window.
pub fn same_incident(a: Incident, b: Incident, same_material: bool, incident_window: Span) -> bool {
    let (first, second) = if a.received_at <= b.received_at { (a, b) } else { (b, a) };
    let not_yet_told = first.told_at.is_none_or(|told| second.received_at <= told);
    let in_window = second.received_at <= first.received_at + incident_window && incident_window > Span(0);
    not_yet_told || same_material || in_window
}

/// When a strike stops counting.
pub fn expires_at(policy: &Policy, received_at: Moment) -> Moment {
    received_at + policy.strike_expiry
}

/// Why an account is flagged. Stored with the flag and told to the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum FlagReason {
    /// Strikes within the window reached the threshold.
    Threshold { active: u32, threshold: u32 },
    /// Unanswered cases within the window.
    Unanswered { unanswered: u32, limit: u32 },
}

impl FlagReason {
    /// In words.
    pub fn shown(&self) -> String {
        match self {
            Self::Threshold { active, threshold } => {
                format!("Threshold reached: {active} of {threshold} active strikes")
            }
            Self::Unanswered { unanswered, limit } => {
                format!("Notices left unanswered: {unanswered}; a review starts at {limit}")
            }
        }
    }
}

/// The reasons to bring an account before people, none where it is under every limit.
pub fn flag_reasons(policy: &Policy, threshold: u32, strikes_in_window: u32, unanswered: u32) -> Vec<FlagReason> {
    let mut reasons = Vec::new();
    if strikes_in_window >= threshold {
        reasons.push(FlagReason::Threshold { active: strikes_in_window, threshold });
    }
    if policy.unanswered_flag > 0 && unanswered >= policy.unanswered_flag {
        reasons.push(FlagReason::Unanswered { unanswered, limit: policy.unanswered_flag });
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(h: i64) -> Moment {
        Moment(0) + Span::hours(h)
    }

    fn incident(received: i64, told: Option<i64>) -> Incident {
        Incident { received_at: hours(received), told_at: told.map(hours) }
    }

    #[test]
    fn notices_before_the_customer_was_told_are_one_incident() {
        let first = incident(0, Some(2));
        assert!(same_incident(first, incident(1, Some(3)), false, Span(0)));
        assert!(same_incident(first, incident(2, None), false, Span(0)));
        assert!(!same_incident(first, incident(3, Some(3)), false, Span(0)));
        assert!(same_incident(incident(0, None), incident(300, Some(300)), false, Span(0)));
    }

    #[test]
    fn the_order_of_counting_does_not_matter() {
        let (early, late) = (incident(0, Some(1)), incident(24, Some(25)));
        assert!(!same_incident(early, late, false, Span(0)));
        assert!(!same_incident(late, early, false, Span(0)));
    }

    #[test]
    fn the_same_material_is_one_incident_at_any_time() {
        assert!(same_incident(incident(0, Some(1)), incident(90 * 24, None), true, Span(0)));
    }

    #[test]
    fn the_window_of_the_policy_joins_notices_too() {
        assert!(same_incident(incident(0, Some(1)), incident(5, Some(6)), false, Span::hours(5)));
        assert!(!same_incident(incident(0, Some(1)), incident(6, Some(7)), false, Span::hours(5)));
    }
}
