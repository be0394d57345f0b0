//! What an event is about.

use std::fmt;
use std::str::FromStr;

use crate::domain::base::ids::{CaseId, CustomerId, NoticeId, SenderId};

/// What an event is about: each has a chain of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    Notice(NoticeId),
    Case(CaseId),
    Customer(CustomerId),
    Sender(SenderId),
    Installation,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Notice(id) => write!(f, "notice:{id}"),
            Self::Case(id) => write!(f, "case:{id}"),
            Self::Customer(id) => write!(f, "customer:{id}"),
            Self::Sender(id) => write!(f, "sender:{id}"),
            Self::Installation => f.write_str("installation"),
        }
    }
}

impl FromStr for Subject {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "installation" {
            return Ok(Self::Installation);
        }
        let (kind, id) = text.split_once(':').ok_or(())?;
        let id: i64 = id.parse().map_err(drop)?;
        Ok(match kind {
            "notice" => Self::Notice(NoticeId(id)),
            "case" => Self::Case(CaseId(id)),
            "customer" => Self::Customer(CustomerId(id)),
            "sender" => Self::Sender(SenderId(id)),
            _ => return Err(()),
        })
    }
}
