//! Taking a mail apart: for each message in it the letter, and what is attached for machines. Archives are
//! not opened, so that nothing can grow beyond what was sent.

use std::borrow::Cow;
use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::flowed::unwrapped;
use super::limits::MAX_TEXT;
use super::mime;
use crate::domain::base::contact::one_line;
use crate::domain::intake::found_address::find_addresses;
use crate::formats::acns;
use crate::formats::encoding::text_of;
use crate::formats::html::text_of_html;
use crate::formats::limits::MAX_NOTICES;

/// Messages that are looked into, the mail itself and those in it: a digest had 41.
const MAX_MESSAGES: usize = MAX_NOTICES + 1;
/// Longest text of one message, in bytes: what people are shown of it is shorter, but notices stand in it one after the
/// other.
const MAX_LETTER: usize = 4 * MAX_TEXT;
/// How deep.
const MAX_DEPTH: usize = 5;
/// Documents for machines in one message, of each kind.
const MAX_DOCUMENTS: usize = 2 * MAX_NOTICES;

/// The letters in a mail.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The mail itself, then the messages in it.
    pub letters: Vec<Letter>,
    /// How many messages were inside.
    pub nested: usize,
    pub attachments: Vec<String>,
    pub left_out: LeftOut,
}

/// What was not looked into.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LeftOut {
    /// Messages inside messages.
    pub messages: usize,
    /// Attached documents for machines.
    pub documents: usize,
    /// A text was cut off.
    pub text: bool,
}

/// One message: its text, and what is attached for machines.
#[derive(Debug, Default)]
pub(super) struct Letter {
    pub text: String,
    pub xml: Vec<String>,
    pub json: Vec<String>,
}

impl Parts {
    /// The text a person reads: of the mail, then of the messages in it.
    pub fn readable(&self) -> String {
        let texts = self.letters.iter().map(|l| l.text.trim()).filter(|t| !t.is_empty());
        texts.collect::<Vec<_>>().join("\n\n").chars().take(MAX_TEXT).collect()
    }
}

pub(super) fn collect(message: &Message<'_>) -> Parts {
    let mut parts = Parts::default();
    walk(message, 0, &mut parts);
    parts
}

fn walk(message: &Message<'_>, depth: usize, into: &mut Parts) {
    if depth > MAX_DEPTH || into.letters.len() >= MAX_MESSAGES {
        into.left_out.messages += 1;
        return;
    }
    let mut letter = Letter::default();
    let mut inside: Vec<&MessagePart<'_>> = Vec::new();
    let (mut web, mut cut) = (String::new(), false);
    for part in &message.parts {
        match &part.body {
            PartType::Text(text) if is_message(part, text) => inside.push(part),
            PartType::Text(text) if is_text(part) => cut |= append(&mut letter.text, &as_typed(part, text)),
            PartType::Html(html) => {
                let text = text_of_html(html, MAX_LETTER);
                cut |= append(&mut web, &text) || text.len() + 8 > MAX_LETTER;
            }
            PartType::Multipart(_) => {}
            PartType::Message(_) => inside.push(part),
            PartType::Text(text) => attached(part, || text.clone(), &mut letter, into),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                attached(part, || text_of(bytes).into(), &mut letter, into);
            }
        }
    }
    // The plain part is the letter, unless it says little more than that there is another one.
    if letter.text.trim().len() * 5 < web.trim().len() {
        cut |= append(&mut letter.text, &web);
    } else if !web.is_empty() {
        cut |= append_addresses(&mut letter.text, &web);
    }
    into.left_out.text |= cut;
    into.letters.push(letter);
    for part in inside {
        into.nested += 1;
        match &part.body {
            PartType::Message(nested) => walk(nested, depth + 1, into),
            // A whole message sent as plain text, its own encoding still on it.
            PartType::Text(text) => {
                if let Some(nested) = mime::parse(text.as_bytes()) {
                    walk(&nested, depth + 1, into);
                }
            }
            _ => {}
        }
    }
}

/// Addresses that the web page has and the plain part has not, below it; says whether something was cut off.
fn append_addresses(text: &mut String, web: &str) -> bool {
    let said: HashSet<String> = find_addresses(text, usize::MAX).into_iter().collect();
    let more: Vec<String> = find_addresses(web, usize::MAX).into_iter().filter(|a| !said.contains(a)).collect();
    !more.is_empty() && append(text, &format!("Addresses in the HTML part:\n{}", more.join("\n")))
}

/// The text of a part; lines that were wrapped for sending are whole again (RFC 3676).
fn as_typed<'a>(part: &MessagePart<'_>, text: &'a str) -> Cow<'a, str> {
    let attribute = |name: &str| part.content_type().and_then(|k| k.attribute(name));
    let is = |name: &str, value: &str| attribute(name).is_some_and(|v| v.eq_ignore_ascii_case(value));
    if is("format", "flowed") { Cow::Owned(unwrapped(text, is("delsp", "yes"))) } else { Cow::Borrowed(text) }
}

/// Appends a text, as far as there is room for it; says whether something was cut off.
fn append(text: &mut String, more: &str) -> bool {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    let room = more.floor_char_boundary(MAX_LETTER.saturating_sub(text.len()));
    text.push_str(&more[..room].replace("\r\n", "\n"));
    room < more.len()
}

fn name(part: &MessagePart<'_>) -> String {
    part.attachment_name().unwrap_or_default().to_lowercase()
}

/// Whether a part is the letter rather than something attached to it. A multipart without parts is its text.
fn is_text(part: &MessagePart<'_>) -> bool {
    let kind = part.content_type();
    let plain = kind.is_none_or(|k| {
        k.ctype() == "multipart"
            || k.ctype().eq_ignore_ascii_case("text") && k.subtype().is_none_or(|s| s.eq_ignore_ascii_case("plain"))
    });
    plain && !name(part).contains(".xml") && !name(part).contains(".json")
}

fn is_message(part: &MessagePart<'_>, text: &str) -> bool {
    let named = name(part);
    let start = text.get(..200).unwrap_or(text).to_ascii_lowercase();
    let has_header =
        ["received:", "from:", "return-path:", "delivered-to:", "message-id:"].iter().any(|h| start.contains(h));
    named.rsplit('.').next() == Some("eml") && has_header
}

fn attached<'t>(part: &MessagePart<'_>, text: impl FnOnce() -> Cow<'t, str>, letter: &mut Letter, into: &mut Parts) {
    let kind = part.content_type();
    let subtype = kind.and_then(|k| k.subtype()).unwrap_or_default().to_ascii_lowercase();
    let named = name(part);
    let is = |kind: &str| subtype.ends_with(kind) || named.contains(&format!(".{kind}"));
    let (is_xml, is_json) = (is("xml"), is("json"));
    if (is_xml || is_json) && letter.xml.len() + letter.json.len() >= MAX_DOCUMENTS {
        into.left_out.documents += 1;
    } else if is_xml {
        let text = text();
        if acns::is_in(&text) {
            letter.xml.push(text.into_owned());
        }
    } else if is_json {
        let text = text();
        letter.json.push(twice_encoded(&text).unwrap_or_else(|| text.into_owned()));
    }
    if into.attachments.len() < 50 {
        let kind = kind.map_or_else(|| "part".to_owned(), |k| format!("{}/{subtype}", k.ctype()));
        let signed = subtype.contains("pkcs7") || matches!(named.rsplit('.').next(), Some("p7m" | "p7s"));
        let unchecked = if signed { " (signature not checked)" } else { "" };
        into.attachments.push(one_line(&if named.is_empty() { kind } else { named }, 120) + unchecked);
    }
}

/// Some programs encode a part in base64 that is encoded in base64.
fn twice_encoded(text: &str) -> Option<String> {
    let bare: String = text.split_whitespace().collect();
    let looks = bare.len() > 8 && bare.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    looks.then(|| STANDARD.decode(bare).ok()).flatten().map(|bytes| text_of(&bytes))
}
