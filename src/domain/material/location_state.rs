//! Where one reported location stands, and what may follow.

use std::str::FromStr;

/// The state of one location of one notice. The same material can be named by several notices; each has a
/// location of its own, and access returns only when none of them keeps it disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LocationState {
    /// Forwarded, or waiting to be.
    Reported,
    /// Not on this host's network.
    NotHosted,
    /// Cannot be understood.
    Unreadable,
    /// Named before by the same sender for the same work, and still in hand there.
    Duplicate,
    /// The customer says it is removed.
    Removed,
    /// The host's systems were asked to disable access.
    DisableRequested,
    /// Access is disabled.
    Disabled,
    /// The host's systems, or staff, were asked to restore access.
    RestoreRequested,
    /// Access was disabled for this notice and has returned.
    Restored,
    /// This notice does not keep it disabled any more; another one does.
    Released,
    /// Taken back by the sender before access was disabled.
    Withdrawn,
}

impl LocationState {
    /// All states.
    pub const ALL: [Self; 11] = [
        Self::Reported,
        Self::NotHosted,
        Self::Unreadable,
        Self::Duplicate,
        Self::Removed,
        Self::DisableRequested,
        Self::Disabled,
        Self::RestoreRequested,
        Self::Restored,
        Self::Released,
        Self::Withdrawn,
    ];
    /// States in which access is disabled for this notice, or about to be.
    pub const BLOCKING: [Self; 2] = [Self::DisableRequested, Self::Disabled];
    /// States in which something is left to do about the location.
    pub const OPEN: [Self; 2] = [Self::Reported, Self::DisableRequested];
    /// States in which the complaint about it still stands.
    pub const STANDING: [Self; 4] = [Self::Reported, Self::Removed, Self::DisableRequested, Self::Disabled];

    /// As stored and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::NotHosted => "not_hosted",
            Self::Unreadable => "unreadable",
            Self::Duplicate => "duplicate",
            Self::Removed => "removed",
            Self::DisableRequested => "disable_requested",
            Self::Disabled => "disabled",
            Self::RestoreRequested => "restore_requested",
            Self::Restored => "restored",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
        }
    }
    /// Codes of a list of states.
    pub fn codes<const N: usize>(list: [Self; N]) -> [&'static str; N] {
        list.map(Self::code)
    }
    /// Mark in the stylesheet and word for people.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Reported => ("live", "Reported"),
            Self::NotHosted => ("notours", "Not ours"),
            Self::Unreadable => ("doubt", "Not readable"),
            Self::Duplicate => ("none", "Reported before"),
            Self::Removed => ("removed", "Removed"),
            Self::DisableRequested => ("queued", "Being disabled"),
            Self::Disabled => ("disabled", "Disabled"),
            Self::RestoreRequested => ("queued", "Being restored"),
            Self::Restored => ("ok", "Restored"),
            Self::Released => ("disabled", "Disabled under another notice"),
            Self::Withdrawn => ("withdrawn", "Withdrawn"),
        }
    }
    /// Whether access is disabled because of this notice.
    pub fn is_blocking(self) -> bool {
        Self::BLOCKING.contains(&self)
    }
    /// Whether the complaint about it still stands.
    pub fn stands(self) -> bool {
        Self::STANDING.contains(&self)
    }
}

impl FromStr for LocationState {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|s| s.code() == code).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back_and_every_blocking_state_stands() {
        for state in LocationState::ALL {
            assert_eq!(state.code().parse(), Ok(state));
            assert!(!state.is_blocking() || state.stands());
        }
    }
}
