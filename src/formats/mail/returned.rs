//! What a report of a mail server holds: the letter that came back, and signs of who wrote the report.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::types::Mail;
use crate::formats::encoding::text_of;

/// Longest report that is read, in bytes.
const MAX_REPORT: usize = 500_000;

/// Whether a mail comes from a mail server rather than from a person.
pub(super) fn is_by_server(mail: &Mail) -> bool {
    mail.no_return || is_daemon(mail)
}

/// Whether a mail is written by a mail server, going by its address and name.
pub(super) fn is_daemon(mail: &Mail) -> bool {
    let sender = mail.from.as_ref().map(|f| f.as_str().to_lowercase()).unwrap_or_default();
    let local = sender.split('@').next().unwrap_or_default();
    ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"].contains(&local)
        || mail.from_name.to_lowercase().contains("mail delivery")
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

/// Message-IDs that stand in a text as a header would have them.
pub(super) fn ids_in(text: &str) -> Vec<String> {
    let headers = text
        .match_indices("essage-")
        .filter(|(at, _)| text.get(at + 7..at + 10).is_some_and(|rest| rest.eq_ignore_ascii_case("id:")));
    let values = headers.filter_map(|(at, _)| {
        let rest = text.get(at + 10..)?.trim_start();
        let inside = rest.strip_prefix('<')?;
        let inside = inside[..inside.floor_char_boundary(300)].split_once('>')?.0;
        (inside.len() < 300 && inside.contains('@')).then(|| inside.to_owned())
    });
    values.take(10).collect()
}
