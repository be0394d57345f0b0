//! How a customer was reached other than by letter, as a person records it.

use std::str::FromStr;

/// A way to tell a customer of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactWay {
    Telephone,
    /// A message in the host's control panel or ticket system.
    Panel,
    Post,
    InPerson,
}

impl ContactWay {
    /// All ways.
    pub const ALL: [Self; 4] = [Self::Telephone, Self::Panel, Self::Post, Self::InPerson];

    /// As stored and as programs write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Telephone => "telephone",
            Self::Panel => "panel",
            Self::Post => "post",
            Self::InPerson => "in_person",
        }
    }
    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Telephone => "By phone",
            Self::Panel => "In the control panel or a ticket",
            Self::Post => "By mail",
            Self::InPerson => "In person",
        }
    }
}

impl FromStr for ContactWay {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|way| way.code() == text).ok_or(())
    }
}
