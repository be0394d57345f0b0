//! Delivery status notifications (RFC 3464; international ones, RFC 6533).

use mail_parser::{Message, MessagePart, MimeHeaders};

use super::bounce_text::free_form;
use super::returned::{is_by_server, returned, text};
use super::types::{Block, Bounce, Fate, Mail};
use crate::domain::base::contact::{EmailAddress, one_line};

/// Recipients of one report that are read.
const MAX_BLOCKS: usize = 500;
/// Longest answer of a server that is kept, in characters.
const MAX_ANSWER: usize = 500;

pub(super) fn read(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    report(message, mail).or_else(|| free_form(message, mail))
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

#[cfg(test)]
#[path = "bounce_tests.rs"]
mod tests;
