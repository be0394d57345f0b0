//! What both parts of a letter are rendered with: who writes, and where its links lead.

use super::blocks::Target;
use crate::domain::access::private_link::NamedTokens;
use crate::domain::access::token::PlainToken;

/// Who writes: on every letter.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// Name of the host.
    pub host: String,
    pub legal_name: String,
    /// Postal address of the agent, one line.
    pub address: String,
    pub email: String,
    pub phone: String,
}

/// A letter cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error("there is no letter called {0}")]
    UnknownKind(String),
    #[error("letter {kind}: its data has version {version}, which this program does not read")]
    Version { kind: &'static str, version: i32 },
    #[error("letter {kind}: its data cannot be read: {source}")]
    Data { kind: &'static str, source: serde_json::Error },
    #[error("the letter has no token for its {0} link")]
    NoToken(String),
}

/// Letters that stand where a token was, in what is kept and shown: as many as a token has, so that every other byte of
/// the message stays the same.
pub const REDACTED: &str = "****************************************************";
const _: () = assert!(REDACTED.len() == PlainToken::LENGTH);

/// What stands in the private links of a rendering.
#[derive(Clone, Copy, Debug)]
pub enum Tokens<'a> {
    /// The tokens: for the receiver alone.
    Named(&'a NamedTokens),
    /// [`REDACTED`]: to be kept and shown.
    Redacted,
}

/// The addresses of links in one rendering.
pub(super) struct Links<'a> {
    pub public_url: &'a str,
    pub tokens: Tokens<'a>,
}

impl Links<'_> {
    /// The address a button leads to.
    pub fn target(&self, target: &Target) -> Result<String, LetterError> {
        let link = match target {
            Target::Public(address) => return Ok(address.clone()),
            Target::Private(link) => link,
        };
        let token = match self.tokens {
            Tokens::Redacted => REDACTED,
            Tokens::Named(tokens) => tokens.get(link).ok_or_else(|| LetterError::NoToken(link.name().to_owned()))?,
        };
        Ok(format!("{}{}", self.public_url, link.page().path(token)))
    }
}
