//! Private links in letters: which page one opens, and its secret token, which is stored under a name of its own and
//! nowhere else.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::token::{PlainToken, Purpose};

/// What a private link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPage {
    /// The customer reads a notice and answers.
    Respond,
    /// The customer sends a counter-notice.
    CounterNotice,
    /// The complainant reads the status of a notice.
    Status,
    /// The complainant adds what a notice lacks.
    Cure,
    /// The complainant confirms an email address.
    Confirm,
}

impl LinkPage {
    /// What the token is good for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Respond | Self::CounterNotice => Purpose::Respond,
            Self::Status | Self::Cure => Purpose::Status,
            Self::Confirm => Purpose::Confirm,
        }
    }

    /// The path of the link, with a token or what stands in its place.
    pub fn path(self, token: &str) -> String {
        match self {
            Self::Respond => format!("/respond/{token}"),
            Self::CounterNotice => format!("/respond/{token}/counter-notice"),
            Self::Status => format!("/n/{token}"),
            Self::Cure => format!("/n/{token}/cure"),
            Self::Confirm => format!("/confirm/{token}"),
        }
    }
}

/// A private link as a value of a letter. Serialized it is the page and the name of its token, which itself travels in
/// [`NamedTokens`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateLink {
    page: LinkPage,
    name: String,
    #[serde(skip)]
    token: Option<PlainToken>,
}

impl PrivateLink {
    /// A link to a page, whose token is called by its purpose.
    pub fn new(page: LinkPage, token: PlainToken) -> Self {
        Self { page, name: page.purpose().code().to_owned(), token: Some(token) }
    }

    /// One of several links in a letter, with a name of its own.
    #[must_use]
    pub fn numbered(mut self, n: usize) -> Self {
        self.name = format!("{}.{n}", self.page.purpose().code());
        self
    }

    /// The name of its token.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it opens.
    pub fn page(&self) -> LinkPage {
        self.page
    }
}

/// The tokens of a letter, each under the name in its link. `Debug` shows the names alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NamedTokens(BTreeMap<String, String>);

/// Stored tokens that cannot be read: the database was changed by other hands.
#[derive(Debug, thiserror::Error)]
#[error("the tokens of a letter cannot be read")]
pub struct DamagedTokens;

impl NamedTokens {
    /// The tokens of some links.
    pub fn of(links: &[&PrivateLink]) -> Self {
        let named = |link: &&PrivateLink| {
            let token = link.token.as_ref()?.reveal().to_owned();
            Some((link.name.clone(), token))
        };
        Self(links.iter().filter_map(named).collect())
    }

    /// Adds a token, in place of one with the same name.
    pub fn insert(&mut self, link: &PrivateLink, token: &PlainToken) {
        self.0.insert(link.name.clone(), token.reveal().to_owned());
    }

    /// The token of a link.
    pub fn get(&self, link: &PrivateLink) -> Option<&str> {
        self.0.get(&link.name).map(String::as_str)
    }

    /// As stored: a JSON object, or nothing.
    pub fn to_column(&self) -> String {
        if self.0.is_empty() { String::new() } else { serde_json::to_string(&self.0).unwrap_or_default() }
    }

    /// Reads what was stored.
    ///
    /// # Errors
    /// Where it is no JSON object of strings.
    pub fn from_column(text: &str) -> Result<Self, DamagedTokens> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map(Self).map_err(|_| DamagedTokens)
    }
}

impl fmt::Debug for NamedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_stored_by_name_and_never_with_the_link() {
        let token = PlainToken::from_random([7; 32]);
        let link = PrivateLink::new(LinkPage::CounterNotice, token.clone());
        assert_eq!(serde_json::to_string(&link).unwrap(), r#"{"page":"counter_notice","name":"respond"}"#);
        let tokens = NamedTokens::of(&[&link]);
        assert_eq!(tokens.to_column(), format!(r#"{{"respond":"{}"}}"#, token.reveal()));
        assert_eq!(NamedTokens::from_column(&tokens.to_column()).unwrap(), tokens);
        assert_eq!(tokens.get(&link), Some(token.reveal()));
        assert_eq!(tokens.get(&link.clone().numbered(2)), None);
        let shown = format!("{tokens:?}{link:?}");
        assert!(!shown.contains(token.reveal()) && shown.contains("respond"), "{shown}");
    }

    #[test]
    fn no_token_is_an_empty_column_and_nonsense_is_an_error() {
        assert_eq!(NamedTokens::default().to_column(), "");
        assert_eq!(NamedTokens::from_column("").unwrap(), NamedTokens::default());
        assert!(NamedTokens::from_column("7hq2,").is_err());
    }
}
