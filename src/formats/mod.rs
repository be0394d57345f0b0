//! Reading what machines and people send, into the one shape of all entrances. Pure: bytes in, readings out.
//!
//! Every reader is lenient about form and strict about facts: an address, a port or a time that cannot be
//! read is left out and said so, never guessed. Every reader's memory is bounded by its input.

pub mod acns;
pub(crate) mod encoding;
pub mod html;
pub mod json;
pub mod letter;
mod limits;
pub mod mail;
pub mod pgp;
pub mod stored;
pub mod table;
pub mod times;
pub mod upload;
pub mod xarf;

pub(crate) use self::encoding::{narrow, text_of};
use self::json::Faults;
pub use self::limits::MAX_NOTICES;
use crate::domain::intake::parsed_notice::{ParsedNotice, ParsedNotices};

/// What a body is, by its media type and its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// JSON of the API.
    Own,
    Xarf,
    Acns,
    /// RFC 5322.
    Mail,
}

impl Body {
    /// What a file is. Names and media types are often wrong; the first bytes decide where they can.
    pub fn of(bytes: &[u8]) -> Self {
        let bytes = narrow(bytes);
        let start = bytes.trim_ascii_start();
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        match start.first() {
            Some(b'{' | b'[') if xarf::looks_like(start) => Self::Xarf,
            Some(b'<') => Self::Acns,
            Some(b'{' | b'[') | None => Self::Own,
            Some(_) => Self::Mail,
        }
    }

    /// The media type to note where none came with the body.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Own | Self::Xarf => "application/json",
            Self::Acns => "application/xml",
            Self::Mail => "message/rfc822",
        }
    }
}

/// Reads a body that is one document, our JSON, XARF or ACNS, of notices with at most so many locations each. One with more
/// in it than is read of one document is refused as a whole.
pub fn read_document(bytes: &[u8], form: Body, max_locations: usize) -> Result<Vec<ParsedNotice>, Faults> {
    let readings = match form {
        Body::Acns => acns::read(&text_of(bytes)).map_err(|e| Faults::one("", e.0))?,
        Body::Xarf => xarf::read(&narrow(bytes)).map_err(|e| Faults::one("", e.0))?,
        Body::Own => ParsedNotices { all: vec![json::read(&narrow(bytes))?.into()], ..ParsedNotices::default() },
        Body::Mail => return Err(Faults::one("", "this is neither JSON nor XML")),
    };
    if readings.is_empty() {
        return Err(Faults::one("", "there is no report in this list"));
    }
    if let Some(problem) = readings.problem() {
        return Err(Faults::one("", problem));
    }
    let most = readings.iter().map(|r| r.raw.locations.len()).max().unwrap_or(0);
    if most > max_locations {
        let words = format!("{most} locations; at most {max_locations} fit in one notice, send several");
        return Err(Faults::one("/locations", words));
    }
    Ok(readings.all)
}

/// A body for people to read: text of bounded length, what is no text as a remark.
pub fn text_shown(bytes: &[u8]) -> String {
    let text: String = text_of(bytes.get(..200_000).unwrap_or(bytes));
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}
