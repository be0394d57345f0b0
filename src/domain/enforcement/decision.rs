//! What staff decide about an account, and what it takes.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::standing::Standing;

/// Kinds of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Looked at, nothing done; flagged again at the next strike.
    NoAction,
    /// A written warning.
    Warn,
    /// All services go offline until lifted.
    Suspend,
    /// The account ends.
    Terminate,
    /// A suspension ends; strikes stay.
    Lift,
}

impl DecisionKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::NoAction, Self::Warn, Self::Suspend, Self::Terminate, Self::Lift];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAction => "no_action",
            Self::Warn => "warn",
            Self::Suspend => "suspend",
            Self::Terminate => "terminate",
            Self::Lift => "lift",
        }
    }
    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::NoAction => "No action",
            Self::Warn => "Written warning",
            Self::Suspend => "Suspension",
            Self::Terminate => "Termination",
            Self::Lift => "Suspension lifted",
        }
    }
    /// Whether a second person must agree.
    pub fn needs_second(self, policy: &Policy) -> bool {
        policy.second_approver && matches!(self, Self::Suspend | Self::Terminate)
    }
    /// The standing after the decision takes effect, or why it cannot be made now.
    pub fn apply(self, standing: Standing, warned_before: bool) -> Result<Standing, InvalidDecision> {
        let rest = if warned_before { Standing::Warned } else { Standing::Good };
        match (self, standing) {
            (_, Standing::Terminated) => Err(InvalidDecision { kind: self.label(), standing }),
            (Self::Lift, Standing::Suspended) => Ok(rest),
            (Self::Terminate, _) => Ok(Standing::Terminated),
            (Self::Lift, _) | (_, Standing::Suspended) => Err(InvalidDecision { kind: self.label(), standing }),
            (Self::NoAction, _) => Ok(rest),
            (Self::Warn, _) => Ok(Standing::Warned),
            (Self::Suspend, _) => Ok(Standing::Suspended),
        }
    }
}

impl FromStr for DecisionKind {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.code() == code).ok_or(())
    }
}

/// The standing does not allow this decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{kind}” cannot be decided for an account that is {}", standing.code())]
pub struct InvalidDecision {
    pub kind: &'static str,
    pub standing: Standing,
}

/// Where a decision is between two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecisionState {
    /// Waits for a second person.
    Pending,
    /// In force.
    Effective,
    /// The second person did not agree.
    Rejected,
}

impl DecisionState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Effective, Self::Rejected];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Effective => "effective",
            Self::Rejected => "rejected",
        }
    }
    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_suspension_can_be_lifted_and_a_terminated_account_stays_terminated() {
        for standing in Standing::ALL {
            let lift = DecisionKind::Lift.apply(standing, false).is_ok();
            assert_eq!(lift, standing == Standing::Suspended, "{standing:?}");
            for kind in DecisionKind::ALL {
                assert!(standing != Standing::Terminated || kind.apply(standing, true).is_err());
            }
        }
        assert_eq!(DecisionKind::Lift.apply(Standing::Suspended, true), Ok(Standing::Warned));
        assert_eq!(DecisionKind::NoAction.apply(Standing::Flagged, false), Ok(Standing::Good));
    }
}
