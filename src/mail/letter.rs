//! What every letter has in common: data with a version, a subject, a body of blocks, and the two parts made of them.

use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::blocks::{Block, LetterBody};
use super::html_part::html;
use super::letterhead::Links;
pub use super::letterhead::{LetterError, Letterhead, REDACTED, Tokens};
use super::text_part::text;
use crate::config::Config;
use crate::domain::access::private_link::PrivateLink;
use crate::domain::base::moment::Moment;
use crate::domain::base::visible::visible_line;

/// A letter: typed values, from which subject and body are made when it is sent. The outbox stores the values.
pub trait Letter: Serialize + DeserializeOwned {
    /// Stable name, such as `notice_to_customer`.
    const KIND: &'static str;
    /// Version of the fields; raise it when data stored before can no longer be read.
    const DATA_VERSION: i32 = 1;
    /// Version of the wording; raise it when the wording changes.
    const TEMPLATE_VERSION: i32 = 1;
    /// A deadline runs whether or not the letter arrives.
    const CARRIES_DEADLINE: bool = false;

    /// The private links in it. What is missing here has no token when the letter is sent.
    fn private_links(&self) -> Vec<&PrivateLink> {
        Vec::new()
    }
    /// The subject.
    fn subject(&self, context: &RenderContext) -> String;
    /// The blocks of both parts.
    fn body(&self, context: &RenderContext) -> LetterBody;
}

/// What a letter is rendered with, beside its data.
#[derive(Clone, Debug)]
pub struct RenderContext {
    pub letterhead: Letterhead,
    /// Where our pages are, without a slash at the end.
    pub public_url: String,
    /// The zone of the host.
    pub zone: TimeZone,
    /// When the attempt to send it begins. Periods that count from delivery count from here.
    pub sending_at: Moment,
    /// The deadline of the case it is about, where one runs already: a letter names that and no other.
    pub running_deadline: Option<Moment>,
}

impl RenderContext {
    /// What the configuration says, for an attempt at a time.
    pub fn new(config: &Config, sending_at: Moment) -> Self {
        let (host, agent) = (&config.host, &config.agent);
        Self {
            letterhead: Letterhead {
                host: host.name.clone(),
                legal_name: host.legal_name.clone(),
                address: agent.address.join(", "),
                email: agent.email.to_string(),
                phone: agent.phone.clone(),
            },
            public_url: config.server.public_url.clone(),
            zone: agent.time_zone.clone(),
            sending_at,
            running_deadline: None,
        }
    }
}

/// A letter with its words, before the tokens of its links are put in.
#[derive(Clone, Debug)]
pub struct ComposedLetter {
    /// One line; what cannot be seen is written out.
    pub subject: String,
    pub template_version: i32,
    blocks: Vec<Block>,
    links: Vec<PrivateLink>,
}

/// Both parts of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub text: String,
    pub html: String,
}

impl ComposedLetter {
    /// Puts a letter into words.
    pub fn of<L: Letter>(letter: &L, context: &RenderContext) -> Self {
        Self {
            subject: visible_line(&letter.subject(context)).into_owned(),
            template_version: L::TEMPLATE_VERSION,
            blocks: letter.body(context).into_blocks(),
            links: letter.private_links().into_iter().cloned().collect(),
        }
    }

    /// Reads stored data and puts the letter into words.
    ///
    /// # Errors
    /// Where the data is of another version or cannot be read.
    pub fn read<L: Letter>(version: i32, data: &str, context: &RenderContext) -> Result<Self, LetterError> {
        if version != L::DATA_VERSION {
            return Err(LetterError::Version { kind: L::KIND, version });
        }
        let letter: L = serde_json::from_str(data).map_err(|source| LetterError::Data { kind: L::KIND, source })?;
        Ok(Self::of(&letter, context))
    }

    /// Its private links.
    pub fn links(&self) -> &[PrivateLink] {
        &self.links
    }

    /// Makes both parts.
    ///
    /// # Errors
    /// Where a token is missing.
    pub fn parts(&self, context: &RenderContext, tokens: Tokens<'_>) -> Result<Parts, LetterError> {
        let links = Links { public_url: &context.public_url, tokens };
        Ok(Parts {
            text: text(&self.blocks, &context.letterhead, &links)?,
            html: html(&self.blocks, (&context.letterhead, &self.subject), &links)?,
        })
    }
}
