//! The first of many addresses, and how many there are.

use serde::{Deserialize, Serialize};

use super::wording::addresses;
use crate::mail::blocks::LetterBody;

/// Addresses listed in a letter at most; the page behind the link lists all.
pub const LISTED: usize = 100;

/// Addresses: the first [`LISTED`], and how many there are in all, so that a letter about thousands stays small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    first: Vec<String>,
    total: usize,
}

impl Listing {
    /// How many there are in all.
    pub fn len(&self) -> usize {
        self.total
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
    /// The first of them.
    pub fn first(&self) -> &[String] {
        &self.first
    }
    /// How many are not listed.
    pub fn more(&self) -> usize {
        self.total.saturating_sub(self.first.len())
    }
    /// `1 address`, `9 addresses`.
    pub fn count(&self) -> String {
        addresses(self.total)
    }
    /// Writes the list, and where the rest can be read.
    pub fn write(&self, body: &mut LetterBody, rest: &str) {
        body.addresses(&self.first);
        if self.more() > 0 {
            body.paragraph(format!("{} more {rest}", self.more()));
        }
    }
}

impl FromIterator<String> for Listing {
    fn from_iter<I: IntoIterator<Item = String>>(all: I) -> Self {
        let mut all = all.into_iter();
        let first: Vec<String> = all.by_ref().take(LISTED).collect();
        let total = first.len() + all.count();
        Self { first, total }
    }
}

impl From<Vec<String>> for Listing {
    fn from(all: Vec<String>) -> Self {
        all.into_iter().collect()
    }
}
