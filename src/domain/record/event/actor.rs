//! Who did something. The record has a code without a name; names are looked up when it is shown.

use std::fmt;
use std::str::FromStr;

use crate::domain::base::ids::{ApiKeyId, StaffId};

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A timer or job of Safeharbor.
    System,
    /// A member of staff.
    Staff(StaffId, String),
    /// Whoever holds the customer's link.
    CustomerLink,
    /// Whoever sent the notice.
    Complainant,
    /// An operator at the command line.
    Operator,
    /// A program of the host or of a sender, by its API key.
    Key(ApiKeyId, String),
}

impl Actor {
    /// As the record stores it.
    pub fn code(&self) -> ActorCode {
        match self {
            Self::System => ActorCode::System,
            Self::Staff(id, _) => ActorCode::Staff(*id),
            Self::CustomerLink => ActorCode::CustomerLink,
            Self::Complainant => ActorCode::Complainant,
            Self::Operator => ActorCode::Operator,
            Self::Key(id, _) => ActorCode::Key(*id),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Staff(_, name) | Self::Key(_, name) => Some(name.as_str()),
            _ => None,
        };
        f.write_str(&self.code().display_name(name))
    }
}

/// Who did it, without a name: `staff:7`, `key:3`, `system`, `customer_link`, `complainant`, `operator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorCode {
    System,
    Staff(StaffId),
    CustomerLink,
    Complainant,
    Operator,
    Key(ApiKeyId),
}

impl ActorCode {
    /// As people read it; a member of staff or a key whose name is gone is called a former one.
    pub fn display_name(self, name: Option<&str>) -> String {
        match (self, name.filter(|name| !name.is_empty())) {
            (Self::System, _) => "Safeharbor".to_owned(),
            (Self::CustomerLink, _) => "customer link".to_owned(),
            (Self::Complainant, _) => "complainant".to_owned(),
            (Self::Operator, _) => "operator".to_owned(),
            (Self::Staff(id), Some(name)) => format!("{name} (staff {id})"),
            (Self::Staff(id), None) => format!("former staff member {id}"),
            (Self::Key(id), Some(name)) => format!("{name} (API key {id})"),
            (Self::Key(id), None) => format!("former API key {id}"),
        }
    }
}

impl fmt::Display for ActorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::CustomerLink => f.write_str("customer_link"),
            Self::Complainant => f.write_str("complainant"),
            Self::Operator => f.write_str("operator"),
            Self::Key(id) => write!(f, "key:{id}"),
        }
    }
}

impl FromStr for ActorCode {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "system" => Self::System,
            "customer_link" => Self::CustomerLink,
            "complainant" => Self::Complainant,
            "operator" => Self::Operator,
            other => match other.split_once(':') {
                Some(("staff", id)) => Self::Staff(StaffId(id.parse().map_err(drop)?)),
                Some(("key", id)) => Self::Key(ApiKeyId(id.parse().map_err(drop)?)),
                _ => return Err(()),
            },
        })
    }
}

serde_as_text!(ActorCode);
