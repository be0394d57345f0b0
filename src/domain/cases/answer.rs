//! What a customer can answer to a forwarded notice, before anything was taken down.

use std::str::FromStr;

/// Which of the four answers. None of them is a counter-notice: 17 USC 512(g)(3) speaks of material
/// that *has been* removed or disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnswerKind {
    /// The customer removed all of the material.
    Removed,
    /// The customer removed some of it, and says which.
    RemovedSome,
    /// Settled with the complainant.
    Resolved,
    /// Says the notice is wrong.
    Disputed,
    /// Belongs to someone else, or got in through a break-in.
    NotMine,
    /// Needs more time: one extension, length by policy.
    MoreTime,
}

impl AnswerKind {
    /// All answers in the order of the page.
    pub const ALL: [Self; 6] =
        [Self::Removed, Self::RemovedSome, Self::Resolved, Self::Disputed, Self::NotMine, Self::MoreTime];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::RemovedSome => "removed_some",
            Self::Resolved => "resolved",
            Self::Disputed => "disputed",
            Self::NotMine => "not_mine",
            Self::MoreTime => "more_time",
        }
    }
    /// As the customer reads it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Removed => "I have removed it",
            Self::RemovedSome => "I have removed some of it",
            Self::Resolved => "It was resolved with the complaining party",
            Self::Disputed => "I dispute this",
            Self::NotMine => "It is not mine",
            Self::MoreTime => "I need more time",
        }
    }
    /// Whether it is a removal, which counts as a strike.
    pub fn counts(self) -> bool {
        matches!(self, Self::Removed | Self::RemovedSome)
    }
    /// Whether the customer must say more.
    pub fn needs_note(self) -> bool {
        self != Self::Removed
    }
}

impl FromStr for AnswerKind {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.code() == code).ok_or(())
    }
}

/// Longest note kept with an answer, in characters.
pub const MAX_NOTE: usize = 4000;
