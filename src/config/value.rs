//! Kinds of values: what is allowed, and the check that says so.

use std::net::SocketAddr;

use jiff::tz::TimeZone;

use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Span;
use crate::storage::DatabaseUrl;

/// What a key accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A file or folder. A relative one in the configuration file begins at the folder of that file, elsewhere at the
    /// working directory.
    Path,
    Email,
    /// Whole number between two bounds.
    Number(u64, u64),
    Flag,
    Duration,
    Address,
    Zone,
    Url,
    Database,
    OneOf(&'static [&'static str]),
}

impl Kind {
    /// What is allowed, in words.
    pub fn allowed(self) -> String {
        match self {
            Self::Text => "any text".to_owned(),
            Self::Path => "a path; a relative one begins at the folder of the configuration file".to_owned(),
            Self::Email => "an email address, like copyright@host.example".to_owned(),
            Self::Number(low, high) => format!("a whole number from {low} to {high}"),
            Self::Flag => "true or false".to_owned(),
            Self::Duration => "a number and a unit: 90s, 30m, 48h or 7d".to_owned(),
            Self::Address => "an address and a port, like 127.0.0.1:8080 or [::1]:8080".to_owned(),
            Self::Zone => "a time zone of the IANA list, like America/New_York".to_owned(),
            Self::Url => "a web address beginning with https:// or http://, or nothing".to_owned(),
            Self::Database => {
                "postgres://user@host/database, sqlite://file, or nothing for a file in the data folder".to_owned()
            }
            Self::OneOf(words) => words.join(", "),
        }
    }

    /// Whether a value is allowed.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Self::Text | Self::Path => !value.chars().any(char::is_control),
            Self::Email => EmailAddress::parse(value).is_some(),
            Self::Number(low, high) => value.parse::<u64>().is_ok_and(|n| (low..=high).contains(&n)),
            Self::Flag => matches!(value, "true" | "false"),
            Self::Duration => value.parse::<Span>().is_ok(),
            Self::Address => value.parse::<SocketAddr>().is_ok(),
            Self::Zone => TimeZone::get(value).is_ok(),
            Self::Url => {
                value.is_empty() || url::Url::parse(value).is_ok_and(|u| matches!(u.scheme(), "http" | "https"))
            }
            Self::Database => value.is_empty() || value.parse::<DatabaseUrl>().is_ok(),
            Self::OneOf(words) => words.contains(&value),
        }
    }
}
