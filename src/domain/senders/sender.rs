//! How reliable a sender has been. Standing never refuses a notice: it only decides whether a person looks at it
//! before it is forwarded.

use std::str::FromStr;

use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Span;
use crate::domain::intake::notice::Complainant;
use crate::domain::intake::similarity::plain;

/// What is counted of a sender's notices, by the month of their receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderCounts {
    pub sent: i64,
    pub complete: i64,
    pub curable: i64,
    pub defective: i64,
    /// Taken back as a whole.
    pub withdrawn: i64,
    /// Disputed by a counter-notice.
    pub countered: i64,
    /// Complete, but nothing in it was hosted here.
    pub unmatched: i64,
    /// Said again what was in hand.
    pub duplicate: i64,
}

impl SenderCounts {
    /// Adds others.
    pub fn add(&mut self, more: &Self) {
        self.sent += more.sent;
        self.complete += more.complete;
        self.curable += more.curable;
        self.defective += more.defective;
        self.withdrawn += more.withdrawn;
        self.countered += more.countered;
        self.unmatched += more.unmatched;
        self.duplicate += more.duplicate;
    }
    /// Complete notices that were not taken back.
    pub fn valid(&self) -> i64 {
        (self.complete - self.withdrawn).max(0)
    }
    /// Notices that lacked an element.
    pub fn deficient(&self) -> i64 {
        self.curable + self.defective
    }
    /// Valid notices in a hundred of those that ended valid, deficient or withdrawn; none below [`ENOUGH`].
    pub fn precision(&self) -> Option<i64> {
        let all = self.valid() + self.deficient() + self.withdrawn;
        (all >= ENOUGH).then(|| (self.valid() * 100 + all / 2) / all)
    }
}

/// Notices after which a share says something.
pub const ENOUGH: i64 = 10;
/// Precision under which a sender is watched, in percent.
pub const WATCH_BELOW: i64 = 80;
/// How far back notices count.
pub const MONTHS: i64 = 24;
/// A sender is new for a week.
pub const NEW: Span = Span::days(7);

/// What staff decided about a sender, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Setting {
    /// The figures decide.
    #[default]
    Automatic,
    Trusted,
    Restricted,
}

impl Setting {
    /// All settings.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Trusted, Self::Restricted];
    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Trusted => "trusted",
            Self::Restricted => "restricted",
        }
    }
    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Automatic => "By the figures",
            Self::Trusted => "Trusted sender",
            Self::Restricted => "Restricted",
        }
    }
}

impl FromStr for Setting {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.code() == code).ok_or(())
    }
}

/// How a sender stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Trusted,
    Good,
    Watch,
    Restricted,
    /// One notice so far.
    First,
}

impl Grade {
    /// All grades.
    pub const ALL: [Self; 5] = [Self::Trusted, Self::Good, Self::Watch, Self::Restricted, Self::First];
    /// From what staff set and what the figures say.
    pub fn of(setting: Setting, counts: &SenderCounts) -> Self {
        match setting {
            Setting::Trusted => Self::Trusted,
            Setting::Restricted => Self::Restricted,
            Setting::Automatic if counts.sent <= 1 => Self::First,
            Setting::Automatic if counts.precision().is_some_and(|p| p < WATCH_BELOW) => Self::Watch,
            Setting::Automatic => Self::Good,
        }
    }
    /// As stored and in the configuration.
    pub fn code(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Restricted => "restricted",
            Self::First => "first",
        }
    }
    /// Mark in the stylesheet and word.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Trusted => ("ok", "Trusted sender"),
            Self::Good => ("ok", "Good standing"),
            Self::Watch => ("doubt", "Watch"),
            Self::Restricted => ("missing", "Restricted"),
            Self::First => ("none", "First notice"),
        }
    }
}

impl FromStr for Grade {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|g| g.code() == code).ok_or(())
    }
}

/// Whether a sender is one address or everybody at a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderKind {
    Address,
    Domain,
}

impl SenderKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Address, Self::Domain];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Domain => "domain",
        }
    }
}

/// The key one complainant is known by: the email address, else telephone, else the name. `a:` and the like keep
/// the kinds apart; nobody without any of them has a key.
pub fn key_of(c: &Complainant) -> Option<String> {
    if let Some(email) = &c.email {
        return Some(address_key(email.as_str()));
    }
    let digits: String = c.phone.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 6 {
        return Some(format!("t:{digits}"));
    }
    let name = plain(&format!("{} {}", c.name, c.organization));
    (!name.is_empty()).then(|| format!("n:{name}"))
}

/// The key of whoever writes from an email address.
pub fn address_key(address: &str) -> String {
    format!("a:{}", address.to_lowercase())
}

/// The key of a domain that is a sender.
pub fn named_domain_key(domain: &str) -> String {
    format!("d:{}", domain.to_lowercase())
}

/// The key of the domain an address is at. Free-mail providers are no sender.
pub fn domain_key(email: Option<&EmailAddress>) -> Option<String> {
    let domain = email?.domain().to_lowercase();
    (!super::signal::is_free_mail(&domain)).then(|| named_domain_key(&domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_that_of_the_page() {
        let counts = SenderCounts { sent: 1204, complete: 1153, curable: 38, withdrawn: 22, ..SenderCounts::default() };
        assert_eq!((counts.valid(), counts.precision()), (1131, Some(95)));
        assert_eq!(Grade::of(Setting::Automatic, &counts), Grade::Good);
        let few = SenderCounts { sent: 3, complete: 1, defective: 2, ..SenderCounts::default() };
        assert_eq!((few.precision(), Grade::of(Setting::Automatic, &few)), (None, Grade::Good));
        let bad = SenderCounts { sent: 20, complete: 12, defective: 8, ..SenderCounts::default() };
        assert_eq!(Grade::of(Setting::Automatic, &bad), Grade::Watch);
        assert_eq!(Grade::of(Setting::Trusted, &bad), Grade::Trusted);
        assert_eq!(Grade::of(Setting::Automatic, &SenderCounts::default()), Grade::First);
    }
}
