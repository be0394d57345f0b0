//! Splitting a mail into its parts (RFC 2045 to 2046), whole or broken: a part that is never closed ends where what it
//! stands in ends, and a boundary that is not named is taken from the first line that can be one.
//!
//! Each level is passed once, and there are few levels, so that the time grows with the size alone. Headers are
//! read by `mail-parser`, one block at a time; what its reader would take too long for is refused before.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::{smime, transfer};
use crate::formats::encoding::text_in;

/// Multiparts and messages inside each other.
const MAX_DEPTH: usize = 12;
/// Messages inside a mail that are opened; each takes a multiple of its letters in memory.
const MAX_MESSAGES: usize = super::limits::MAX_PARTS / 4;
/// Longest boundary; RFC 2046 allows 70 characters.
const MAX_BOUNDARY: usize = 250;
/// Longest header block.
const MAX_HEAD: usize = 2_000_000;
/// Longest field that says what a part is.
const MAX_CONTENT_FIELD: usize = 8_000;

/// A whole message. Nothing where it has no header that can be read.
pub(super) fn parse(raw: &[u8]) -> Option<Message<'_>> {
    // The reader of headers gives up on some with a panic.
    std::panic::catch_unwind(|| message(raw, MAX_DEPTH, &Cell::new(MAX_MESSAGES))).ok().flatten()
}

/// `room` is for how many messages there is still room.
fn message<'x>(raw: &'x [u8], depth: usize, room: &Cell<usize>) -> Option<Message<'x>> {
    let body = head_end(raw);
    let mut parts = Parts { raw, room, found: Vec::new() };
    let headers = headers_of(&raw[..body])?;
    parts.entity(headers, body..raw.len(), depth, false);
    Some(Message { parts: parts.found, raw_message: Cow::Borrowed(raw), ..Message::default() })
}

type Headers<'x> = Vec<mail_parser::Header<'x>>;

/// The fields of a header block; nothing where there are none, or far too many letters in them.
fn headers_of(head: &[u8]) -> Option<Headers<'_>> {
    if head.len() > MAX_HEAD || has_long_content_field(head) || is_dense(head) {
        return None;
    }
    MessageParser::default().parse_headers(head)?.parts.into_iter().next().map(|p| p.headers)
}

/// Whether there are more colons and quotation marks in it than in any header: each can begin a group of receivers or a
/// piece of a name, which takes a multiple of its letters in memory.
fn is_dense(head: &[u8]) -> bool {
    memchr::memchr3_iter(b':', b'"', b'\\', head).count() > head.len() / 8 + 300
}

/// Whether `Content-Type` or one of its kind is longer than any is.
fn has_long_content_field(head: &[u8]) -> bool {
    let (mut is_content, mut length) = (false, 0);
    head.split(|b| *b == b'\n').any(|line| {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            is_content = line.trim_ascii_start().get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"));
            length = 0;
        }
        length += line.len();
        is_content && length > MAX_CONTENT_FIELD
    })
}

/// Where the body begins: after the first empty line.
fn head_end(raw: &[u8]) -> usize {
    let mut at = 0;
    while let Some(end) = memchr::memchr(b'\n', &raw[at..]) {
        let line = &raw[at..at + end];
        at += end + 1;
        if line.is_empty() || line == b"\r" {
            return at;
        }
    }
    raw.len()
}

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Multipart,
    Message,
    Text,
    Html,
    /// Text of another kind, such as XML.
    OtherText,
    Signed,
    Other,
}

impl Kind {
    fn of(part: &MessagePart<'_>, in_digest: bool) -> Self {
        let Some(content) = part.content_type() else { return if in_digest { Self::Message } else { Self::Text } };
        let (kind, subtype) = (content.ctype(), content.subtype().unwrap_or_default());
        match (kind, subtype) {
            ("multipart", _) => Self::Multipart,
            ("message", "rfc822" | "global") => Self::Message,
            ("text", "plain") => Self::Text,
            ("text", "html") => Self::Html,
            ("text", _) => Self::OtherText,
            ("application", "pkcs7-mime" | "x-pkcs7-mime") => Self::Signed,
            _ if has_extension(part, "p7m") => Self::Signed,
            _ => Self::Other,
        }
    }
}

/// Whether the name of a file ends so.
fn has_extension(part: &MessagePart<'_>, wanted: &str) -> bool {
    let extension = part.attachment_name().and_then(|name| name.trim().rsplit_once('.'));
    extension.is_some_and(|(_, extension)| extension.eq_ignore_ascii_case(wanted))
}

/// The parts of one message, found in the order in which they stand.
struct Parts<'x, 'r> {
    raw: &'x [u8],
    room: &'r Cell<usize>,
    found: Vec<MessagePart<'x>>,
}

impl<'x> Parts<'x, '_> {
    /// Adds a part and what is in it; its number.
    fn entity(&mut self, headers: Headers<'x>, body: Range<usize>, depth: usize, in_digest: bool) {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut part = MessagePart { headers, ..MessagePart::default() };
        (part.offset_body, part.offset_end) = (offset(body.start), offset(body.end));
        let bytes = &self.raw[body.clone()];
        let kind = Kind::of(&part, in_digest);
        if kind == Kind::Multipart && depth > 0 {
            let pieces = split(bytes, boundary(&part, bytes).unwrap_or_default());
            if !pieces.is_empty() {
                return self.multipart(part, &pieces, body.start, depth - 1);
            }
        }
        let decoded = transfer::decode(bytes, part.content_transfer_encoding().unwrap_or_default());
        part.encoding = if matches!(decoded, Cow::Owned(_)) { Encoding::Base64 } else { Encoding::None };
        let signed = if kind == Kind::Signed { smime::signed_content(&decoded) } else { None };
        part.body = content(&part, kind, decoded, (depth, self.room));
        self.found.push(part);
        if let Some(inside) = signed.as_deref().and_then(|s| entity_in(s, depth.checked_sub(1)?, self.room)) {
            self.found.extend(inside);
        }
    }

    fn multipart(&mut self, mut part: MessagePart<'x>, pieces: &[Range<usize>], from: usize, depth: usize) {
        let digest = part.content_type().is_some_and(|c| c.subtype() == Some("digest"));
        let place = self.found.len();
        part.body = PartType::Multipart(Vec::new());
        self.found.push(part);
        for piece in pieces {
            let piece = from + piece.start..from + piece.end;
            let head = head_end(&self.raw[piece.clone()]);
            let read = headers_of(&self.raw[piece.start..piece.start + head]);
            // What has no header has no empty line above it either.
            let body = if read.is_some() || head <= 2 { piece.start + head } else { piece.start };
            let number = u32::try_from(self.found.len()).unwrap_or(u32::MAX);
            self.entity(read.unwrap_or_default(), body..piece.end, depth, digest);
            if let PartType::Multipart(children) = &mut self.found[place].body {
                children.push(number);
            }
        }
    }
}

/// How much deeper may be looked, and into how many messages more.
type Left<'r> = (usize, &'r Cell<usize>);

/// What is in a part that has no parts of its own.
fn content<'x>(part: &MessagePart<'_>, kind: Kind, decoded: Cow<'x, [u8]>, left: Left<'_>) -> PartType<'x> {
    let label = || part.content_type().and_then(|c| c.attribute("charset"));
    match kind {
        Kind::Message => nested(decoded, left),
        Kind::Html => PartType::Html(text_in(&decoded, label()).into()),
        Kind::Multipart | Kind::Text | Kind::OtherText => PartType::Text(text_in(&decoded, label()).into()),
        // A mail attached as a file like any other.
        Kind::Other if has_extension(part, "eml") || begins_like_a_mail(&decoded) => nested(decoded, left),
        Kind::Signed | Kind::Other => PartType::Binary(decoded),
    }
}

/// Whether the first line is a field that stands first in mails.
fn begins_like_a_mail(bytes: &[u8]) -> bool {
    let first = bytes.trim_ascii_start();
    ["Return-Path:", "Received:", "Delivered-To:", "From:", "Message-ID:", "MIME-Version:"]
        .iter()
        .any(|field| first.get(..field.len()).is_some_and(|start| start.eq_ignore_ascii_case(field.as_bytes())))
}

/// A message inside another; what has no header is shown as text.
fn nested<'x>(decoded: Cow<'x, [u8]>, (depth, room): Left<'_>) -> PartType<'x> {
    let Some(depth) = depth.checked_sub(1) else { return PartType::Text(text_in(&decoded, None).into()) };
    let Some(left) = room.get().checked_sub(1) else { return PartType::Binary(decoded) };
    room.set(left);
    match decoded {
        Cow::Borrowed(bytes) => match message(bytes, depth, room) {
            Some(inside) => PartType::Message(inside),
            None => PartType::Text(text_in(bytes, None).into()),
        },
        Cow::Owned(bytes) => match message(&bytes, depth, room).map(Message::into_owned) {
            Some(inside) => PartType::Message(inside),
            None => PartType::Text(text_in(&bytes, None).into()),
        },
    }
}

/// The parts of an entity that stands by itself.
fn entity_in(raw: &[u8], depth: usize, room: &Cell<usize>) -> Option<Vec<MessagePart<'static>>> {
    let found = message(raw, depth, room)?.parts;
    Some(found.into_iter().map(MessagePart::into_owned).collect())
}

/// The boundary of a multipart: the one it names if that is there, otherwise what the first line that begins with two
/// dashes says.
fn boundary<'b>(part: &'b MessagePart<'_>, body: &'b [u8]) -> Option<&'b [u8]> {
    let fits = |b: &&[u8]| !b.is_empty() && b.len() <= MAX_BOUNDARY;
    let named = part.content_type().and_then(|c| c.attribute("boundary")).map(|b| b.trim_end().as_bytes()).filter(fits);
    let is_there = |b: &&[u8]| body.split(|byte| *byte == b'\n').any(|line| delimiter(line, b).is_some());
    named.filter(is_there).or_else(|| {
        let mut lines = body.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"--"));
        lines.find_map(|line| Some(line.trim_ascii_end()).filter(fits).filter(|b| !b.contains(&b' ')))
    })
}

/// Whether a line separates parts; `true` where it ends the last one.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// Where the parts of a multipart stand. One that is not closed ends with the body.
fn split(body: &[u8], boundary: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut begun, mut at) = (None, 0);
    if boundary.is_empty() {
        return found;
    }
    while at < body.len() {
        let end = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |end| at + end + 1);
        if let Some(is_last) = delimiter(&body[at..end], boundary) {
            found.extend(begun.map(|start| start..without_break(body, start, at)));
            begun = (!is_last).then_some(end);
        }
        at = end;
    }
    found.extend(begun.filter(|start| *start < body.len()).map(|start| start..body.len()));
    found
}

/// The line break above a boundary belongs to the boundary.
fn without_break(body: &[u8], start: usize, end: usize) -> usize {
    let text = &body[start..end];
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    start + text.strip_suffix(b"\r").unwrap_or(text).len()
}

#[cfg(test)]
#[path = "mime_tests.rs"]
mod tests;
