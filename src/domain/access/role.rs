//! What a member of staff may do. Each role can do what the roles before it can.

use std::str::FromStr;

/// Role of a member of staff, least powers first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StaffRole {
    /// Reads.
    Viewer,
    /// Works on cases and proposes decisions.
    Agent,
    /// Approves suspensions and terminations, voids strikes.
    Lead,
    /// Publishes policies.
    Admin,
}

impl StaffRole {
    /// All roles, least powers first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Agent, Self::Lead, Self::Admin];

    /// As stored and typed.
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Agent => "agent",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }
}

/// The text names no role.
#[derive(Debug, thiserror::Error)]
#[error("a role is viewer, agent, lead or admin")]
pub struct NotARole;

impl FromStr for StaffRole {
    type Err = NotARole;
    fn from_str(text: &str) -> Result<Self, NotARole> {
        Self::ALL.into_iter().find(|r| r.code() == text).ok_or(NotARole)
    }
}
