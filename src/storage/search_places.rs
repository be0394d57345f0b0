//! What is searched for, and where a page of a search ends and the next one begins.

use std::fmt;
use std::str::FromStr;

/// Largest character, to close a prefix range.
const LAST: char = '\u{10ffff}';

/// Where a page ended. Numbers of rows, zero where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Index of the way.
    pub(super) way: usize,
    /// The last owner (contact, customer or sender) that is done with.
    pub(super) owner: i64,
    /// The last notice, of the senders that come after that, that is done with.
    pub(super) notice: i64,
    /// The last case, of what comes after that, that was found.
    pub(super) case: i64,
}

impl Place {
    /// The beginning of a way.
    pub(super) fn way(way: usize) -> Self {
        Self { way, ..Self::default() }
    }
    /// What follows an owner.
    pub(super) fn after(self, owner: i64) -> Self {
        Self { owner, ..Self::way(self.way) }
    }
}

/// As in a URL.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", self.way, self.owner, self.notice, self.case)
    }
}

impl FromStr for Place {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let way = parts.next().and_then(|p| p.parse().ok()).ok_or(())?;
        let mut number = || parts.next().and_then(|p| p.parse().ok()).filter(|n: &i64| *n >= 0).ok_or(());
        let place = Self { way, owner: number()?, notice: number()?, case: number()? };
        if parts.next().is_none() { Ok(place) } else { Err(()) }
    }
}

/// A page of what was found.
#[derive(Clone, Debug)]
pub struct Found<T> {
    pub items: Vec<T>,
    /// Where the next page begins; nothing after the last one.
    pub next: Option<Place>,
}

/// What is searched for.
pub(super) struct Wanted<'a> {
    pub text: &'a str,
    /// In lower case.
    pub key: String,
    /// Where the range of what begins with the key ends.
    pub end: String,
}

impl<'a> Wanted<'a> {
    pub fn new(text: &'a str) -> Self {
        let key = text.to_lowercase();
        Self { text, end: format!("{key}{LAST}"), key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nothing_else_is_one() {
        let place = Place { way: 5, owner: 7, notice: 11, case: 13 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for wrong in ["", "1.2.3", "1.2.3.4.5", "1.2.3.-4", "a.b.c.d", "-1.0.0.0"] {
            assert_eq!(wrong.parse::<Place>(), Err(()), "{wrong}");
        }
    }
}
