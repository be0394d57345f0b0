//! Languages that letters are written in.

use serde::{Deserialize, Serialize};

/// A language, by its BCP 47 tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 1] = [Self::English];

    /// As stored, and as the `lang` of a page.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    /// Reads a stored tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}
