//! Finding the XML in what was sent: alone, inside a letter, quoted, escaped, clear-signed, cut off.

use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use super::xml::entities;
use crate::domain::intake::parsed_notice::Unreadable;
use crate::formats::letter;
use crate::formats::limits::MAX_NOTICES;

/// The XML documents in a text, and the text without them.
pub struct Found {
    pub blocks: Vec<String>,
    /// Further documents that were not taken.
    pub left_out: usize,
    pub letter: String,
    pub clear_signed: bool,
    /// What had to be undone to find them.
    pub mended: Vec<&'static str>,
}

/// Whether a text holds ACNS, plain or escaped.
pub fn contains(text: &str) -> bool {
    start(text, 0).is_some() || (text.contains("&lt;") && text.to_ascii_lowercase().contains("&lt;infringement"))
}

/// Finds every `Infringement`. A document that declares entities is refused.
pub fn find(text: &str) -> Result<Found, Unreadable> {
    let mut mended = Vec::new();
    let clear_signed = letter::is_clear_signed(text);
    let mut text = if clear_signed { letter::without_pgp(text) } else { text.to_owned() };
    if start(&text, 0).is_none() && contains(&text) {
        mended.push("XML written as the text of a web page");
        text = unescape(&text);
    }
    if text.contains("=3D\"") {
        mended.push("quoted-printable inside the text");
        text = quoted_printable_decode(text.as_bytes()).map_or(text, |b| crate::formats::encoding::text_of(&b));
    }
    if quoted(&text) {
        mended.push("quotation marks of a forwarded mail");
        text = text.lines().map(|l| l.trim_start_matches(['>', ' '])).fold(String::new(), |t, l| t + l + "\n");
    }
    if ["=“", "=”", "=″"].iter().any(|q| text.contains(q)) {
        mended.push("typographic quotation marks");
        text = text.replace(['“', '”', '″'], "\"");
    }
    let mut found = Found { blocks: Vec::new(), left_out: 0, letter: String::new(), clear_signed, mended };
    let mut rest = 0;
    while let Some(begin) = start(&text, rest) {
        let before = &text[rest..begin];
        declares_nothing(before)?;
        found.letter.push_str(without_marks(before));
        let end = end(&text, begin);
        if found.blocks.len() < MAX_NOTICES {
            found.blocks.push(text[begin..end].to_owned());
        } else {
            found.left_out += 1;
        }
        rest = end;
    }
    found.letter.push_str(without_marks(&text[rest..]));
    Ok(found)
}

/// Longest name of an element that is looked at.
const MAX_NAME: usize = 60;

/// Where the next opening tag stands.
fn start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(open) = text[at..].find('<').map(|i| at + i) {
        let after = &bytes[open + 1..];
        let ends = |b: &u8| !(b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'));
        if let Some(length) = after.iter().take(MAX_NAME).position(ends) {
            let name = &after[..length];
            let local = name.rsplit(|b| *b == b':').next().unwrap_or(name);
            if local.eq_ignore_ascii_case(b"Infringement") {
                return Some(open);
            }
        }
        at = open + 1;
    }
    None
}

/// Where a block ends: after its closing tag, or before the next block, or at the mark below it.
fn end(text: &str, begin: usize) -> usize {
    let next = start(text, begin + 1).unwrap_or(text.len());
    let within = &text[begin..next];
    let closing = ["</Infringement", "</infringement", "</INFRINGEMENT", ":Infringement"];
    let closed = closing.iter().filter_map(|c| within.rfind(c)).max().filter(|at| *at > 20);
    if let Some(at) = closed {
        return begin + at + within[at..].find('>').map_or(within.len() - at, |n| n + 1);
    }
    let mark = ["---End ACNS XML", "--End ACNS XML"].iter().filter_map(|m| within.find(m)).min();
    mark.map_or(next, |at| begin + at)
}

/// The letter without the XML declaration and the lines that mark the XML.
fn without_marks(text: &str) -> &str {
    let text = text.find("<?xml").map_or(text, |at| &text[..at]);
    text.trim_end_matches(|c: char| c == '-' || c.is_whitespace())
}

/// What stands before a root element must not be a document type declaration. That of a web page is none of ours.
fn declares_nothing(before: &str) -> Result<(), Unreadable> {
    let tail = before.rfind("<?xml").map_or(before, |at| &before[at..]);
    let lower = tail.to_ascii_lowercase();
    let own = lower.contains("<!entity") || (lower.contains("<!doctype") && !lower.contains("<!doctype html"));
    if own { Err(entities()) } else { Ok(()) }
}

/// Whether the XML stands in lines that begin with `>`.
fn quoted(text: &str) -> bool {
    let Some(at) = start(text, 0) else { return false };
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    line.trim_start().starts_with('>')
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}
