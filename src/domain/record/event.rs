//! The append-only record: who, when, what, why; hash-chained per subject.
//!
//! Each subject (a case, a notice, a customer, the installation) has a chain of its own, so that writers
//! do not queue behind one global chain. A daily checkpoint over the heads makes a missing chain visible.

use std::fmt;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::domain::base::ids::{ApiKeyId, CaseId, CustomerId, NoticeId, SenderId, StaffId};
use crate::domain::base::moment::Moment;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("Safeharbor"),
            Self::Staff(id, name) => write!(f, "{name} (staff {id})"),
            Self::CustomerLink => f.write_str("customer link"),
            Self::Complainant => f.write_str("complainant"),
            Self::Operator => f.write_str("operator"),
            Self::Key(id, name) => write!(f, "{name} (API key {id})"),
        }
    }
}

/// What an event says: a fixed kind, and facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Stable code, such as `case.forwarded`.
    pub kind: &'static str,
    /// Facts; ids and numbers rather than personal data.
    pub facts: Map<String, Value>,
    /// Why, where a person gave a reason.
    pub reason: String,
}

impl Happening {
    /// An event without facts.
    pub fn new(kind: &'static str) -> Self {
        Self { kind, facts: Map::new(), reason: String::new() }
    }
    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(key.to_owned(), value.into());
        self
    }
    /// Adds a reason.
    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        reason.clone_into(&mut self.reason);
        self
    }
}

/// The hash of one link in a chain: over the previous hash and every stored field, each with its length,
/// so that no two records have the same bytes.
pub fn link_hash(previous: &[u8], subject: &str, seq: i64, at: Moment, fields: [&str; 4]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(seq.to_be_bytes());
    hash.update(at.0.to_be_bytes());
    for field in [subject].into_iter().chain(fields) {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_can_borrow_from_its_neighbour() {
        let a = link_hash(&[], "case:1", 1, Moment(5), ["ab", "c", "", ""]);
        let b = link_hash(&[], "case:1", 1, Moment(5), ["a", "bc", "", ""]);
        assert_ne!(a, b);
        assert_ne!(a, link_hash(&a, "case:1", 1, Moment(5), ["ab", "c", "", ""]));
    }
}
