//! How a customer stands under the policy.

use std::str::FromStr;

/// Standing of a customer, in the words of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nothing decided against the account.
    Good,
    /// Warned in writing.
    Warned,
    /// Over the threshold; people must decide.
    Flagged,
    /// Suspended by decision of two people.
    Suspended,
    /// Terminated by decision of two people.
    Terminated,
}

impl Standing {
    /// All, mildest first.
    pub const ALL: [Self; 5] = [Self::Good, Self::Warned, Self::Flagged, Self::Suspended, Self::Terminated];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warned => "warned",
            Self::Flagged => "flagged",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }
    /// As staff read it, with its mark in the stylesheet.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("none", "No step yet"),
            Self::Warned => ("none", "Warned"),
            Self::Flagged => ("decision", "Needs decision"),
            Self::Suspended => ("suspended", "Suspended"),
            Self::Terminated => ("suspended", "Terminated"),
        }
    }
}

impl FromStr for Standing {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.code() == code).ok_or(())
    }
}
