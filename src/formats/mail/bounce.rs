//! Delivery status notifications (RFC 3464; international ones, RFC 6533).

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::Mail;
use super::bounce_text::{free_form, ids_in};
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::formats::text_of;

/// Recipients of one report that are read.
const MAX_BLOCKS: usize = 500;
/// Longest report that is read, in bytes.
const MAX_REPORT: usize = 500_000;
/// Longest answer of a server that is kept, in characters.
const MAX_ANSWER: usize = 500;

/// What became of a letter for one recipient (RFC 3464 section 2.3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Given up.
    Failed,
    /// The server goes on trying.
    #[default]
    Delayed,
    /// Delivered, relayed or expanded.
    Passed,
}

/// What a report says of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Addresses by which it names the recipient: the final one, and the one the letter was sent to. Empty where it names
    /// none that can be read.
    pub recipients: Vec<EmailAddress>,
    pub fate: Fate,
    /// What the server says.
    pub answer: String,
}

/// A report about a letter of somebody's: not delivered, or late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// A block for each recipient; at least one.
    pub blocks: Vec<Block>,
    /// Message-IDs of the letter, without angle brackets.
    pub about: Vec<String>,
    /// It has the form of a mail server's: no sender in its envelope, or a mail server's own address.
    pub by_server: bool,
}

impl Bounce {
    /// What is said of an addressee: where several blocks name it, the final failure before all others.
    pub fn of(&self, addressee: &EmailAddress) -> Option<&Block> {
        let named = |block: &&Block| block.recipients.iter().any(|r| r.is_same_mailbox(addressee));
        self.blocks.iter().filter(named).min_by_key(|block| block.fate)
    }

    /// The worst that is said of anybody.
    pub fn worst(&self) -> Fate {
        self.blocks.iter().map(|block| block.fate).min().unwrap_or_default()
    }
}

pub(super) fn read(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    report(message, mail).or_else(|| free_form(message, mail))
}

/// Whether a mail comes from a mail server rather than from a person.
fn is_by_server(mail: &Mail) -> bool {
    mail.no_return || is_daemon(mail)
}

/// Whether a mail is written by a mail server, going by its address and name.
pub(super) fn is_daemon(mail: &Mail) -> bool {
    let sender = mail.from.as_ref().map(|f| f.as_str().to_lowercase()).unwrap_or_default();
    let local = sender.split('@').next().unwrap_or_default();
    ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"].contains(&local)
        || mail.from_name.to_lowercase().contains("mail delivery")
}

/// A mail with a part `message/delivery-status`, or its international form.
fn report(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    let is_status = |p: &&MessagePart<'_>| {
        p.is_content_type("message", "delivery-status") || p.is_content_type("message", "global-delivery-status")
    };
    let status: Vec<String> = message.parts.iter().filter(is_status).take(20).map(text).collect();
    let mut blocks: Vec<Block> = status.iter().flat_map(|s| blocks_of(s)).take(MAX_BLOCKS).collect();
    if blocks.is_empty() && !status.is_empty() {
        blocks.push(Block::default());
    }
    (!blocks.is_empty()).then(|| Bounce { blocks, about: returned(message), by_server: is_by_server(mail) })
}

/// The text of a part, whatever it was taken for.
pub(super) fn text(part: &MessagePart<'_>) -> String {
    let whole = match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.to_string(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => text_of(bytes),
        PartType::Message(inner) => text_of(inner.raw_message()),
        PartType::Multipart(_) => String::new(),
    };
    if whole.len() <= MAX_REPORT { whole } else { whole.chars().take(MAX_REPORT).collect() }
}

/// The blocks of a report that speak of a recipient. An empty line ends a block; a recipient that is named after a
/// status begins another one, where a server forgot the line.
fn blocks_of(status: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in status.lines() {
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        let field =
            line.split_once(':').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        let next = field.as_ref().is_some_and(|(name, _)| {
            matches!(name.as_str(), "original-recipient" | "final-recipient")
                && fields.iter().any(|(n, _)| n == name || n == "status")
        });
        if line.trim().is_empty() || next {
            blocks.extend(block(&fields));
            fields.clear();
        }
        if blocks.len() >= MAX_BLOCKS {
            return blocks;
        }
        fields.extend(field);
    }
    blocks.extend(block(&fields));
    blocks
}

fn block(fields: &[(String, String)]) -> Option<Block> {
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let (action, status) = (field("action"), field("status"));
    let named = [field("original-recipient"), field("final-recipient")];
    if action.is_none() && status.is_none() && named == [None, None] {
        return None;
    }
    let code = without_comments(status.unwrap_or_default());
    let diagnostic = field("diagnostic-code").map(|d| d.split_once(';').map_or(d, |(_, said)| said.trim()));
    Some(Block {
        recipients: named.into_iter().flatten().flat_map(addresses).collect(),
        fate: fate(&without_comments(action.unwrap_or_default()), &code),
        answer: one_line(&format!("{code} {}", diagnostic.unwrap_or_default()), MAX_ANSWER),
    })
}

/// By the action; where there is none, by the first figure of the status (RFC 3463).
fn fate(action: &str, code: &str) -> Fate {
    match action.to_ascii_lowercase().as_str() {
        a if a.starts_with("fail") => Fate::Failed,
        "delayed" => Fate::Delayed,
        "delivered" | "relayed" | "expanded" => Fate::Passed,
        _ if code.starts_with('5') => Fate::Failed,
        _ if code.starts_with('2') => Fate::Passed,
        _ => Fate::Delayed,
    }
}

/// A value without what stands in parentheses (RFC 5322 section 3.2.2).
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let kept: String = value
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' if depth > 0 => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect();
    kept.trim().to_owned()
}

/// The address in `rfc822; a@b.example` or `utf-8; …`: as it stands, and with its encoding undone (RFC 3461 section 4,
/// RFC 6533 section 3).
fn addresses(value: &str) -> Vec<EmailAddress> {
    let value = without_comments(value.split_once(';').map_or(value, |(_, address)| address));
    let bare = value.trim_matches(['<', '>', ' ']);
    let mut found: Vec<EmailAddress> =
        [bare.to_owned(), decoded(bare)].iter().filter_map(|a| EmailAddress::parse(a)).collect();
    found.dedup();
    found
}

/// `+2B` is a plus sign, `\x{F6}` an ö.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escaped = if c == '\\' {
            rest.strip_prefix("\\x{").and_then(|r| r.split_once('}')).and_then(|(hex, r)| Some((code_point(hex)?, r)))
        } else if c == '+' {
            rest.get(1..3).and_then(code_point).filter(char::is_ascii_graphic).map(|c| (c, &rest[3..]))
        } else {
            None
        };
        let (c, left) = escaped.unwrap_or((c, &rest[c.len_utf8()..]));
        out.push(c);
        rest = left;
    }
    out
}

fn code_point(hex: &str) -> Option<char> {
    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
}

/// Message-IDs of the letter that came back, whole or by its header.
pub(super) fn returned(message: &Message<'_>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for part in &message.parts {
        match &part.body {
            PartType::Message(letter) => ids.extend(letter.message_id().map(str::to_owned)),
            PartType::Text(text) => ids.extend(ids_in(text)),
            _ if part.is_content_type("message", "global-headers")
                || part.is_content_type("message", "rfc822-headers")
                || part.is_content_type("message", "global") =>
            {
                ids.extend(ids_in(&text(part)));
            }
            _ => {}
        }
        ids.truncate(20);
    }
    ids
}

#[cfg(test)]
#[path = "bounce_tests.rs"]
mod tests;
