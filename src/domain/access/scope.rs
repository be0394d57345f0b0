//! What an API key may do.

use std::str::FromStr;

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    NoticesRead,
    NoticesWrite,
    CasesRead,
    CasesWrite,
    CustomersRead,
    CustomersWrite,
    EventsRead,
    MailWrite,
}

/// The text names no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{word}” is no scope; there are: {}", Scope::ALL.map(Scope::code).join(", "))]
pub struct NotAScope {
    word: String,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 8] = [
        Self::NoticesRead,
        Self::NoticesWrite,
        Self::CasesRead,
        Self::CasesWrite,
        Self::CustomersRead,
        Self::CustomersWrite,
        Self::EventsRead,
        Self::MailWrite,
    ];
    /// As written.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoticesRead => "notices:read",
            Self::NoticesWrite => "notices:write",
            Self::CasesRead => "cases:read",
            Self::CasesWrite => "cases:write",
            Self::CustomersRead => "customers:read",
            Self::CustomersWrite => "customers:write",
            Self::EventsRead => "events:read",
            Self::MailWrite => "mail:write",
        }
    }
    /// What it allows.
    pub fn about(self) -> &'static str {
        match self {
            Self::NoticesRead => "read all notices",
            Self::NoticesWrite => "send notices, and read those it sent",
            Self::CasesRead => "read all cases, with the customers they concern",
            Self::CasesWrite => "act on cases as staff do",
            Self::CustomersRead => "read customers with standing and strikes",
            Self::CustomersWrite => "add and change customers, contacts and assets",
            Self::EventsRead => "read the record of everything that happens",
            Self::MailWrite => "hand over incoming mail",
        }
    }
}

impl FromStr for Scope {
    type Err = NotAScope;
    fn from_str(text: &str) -> Result<Self, NotAScope> {
        let wanted = text.trim();
        let known = Self::ALL.into_iter().find(|s| s.code() == wanted);
        known.ok_or_else(|| NotAScope { word: wanted.chars().take(40).collect() })
    }
}

/// Reads a list separated by commas or blanks; empty where nothing is named.
pub fn read_list(text: &str) -> Result<Vec<Scope>, NotAScope> {
    let words = text.split([',', ' ']).filter(|w| !w.is_empty());
    let mut scopes: Vec<Scope> = words.map(str::parse).collect::<Result<_, _>>()?;
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

/// Writes a list as it is read.
pub fn write_list(scopes: &[Scope]) -> String {
    scopes.iter().map(|s| s.code()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_and_written_back() {
        let scopes = read_list("notices:write, cases:read cases:read").unwrap();
        assert_eq!(write_list(&scopes), "notices:write cases:read");
        assert!(read_list("notices:all").unwrap_err().to_string().contains("customers:write"));
    }
}
