//! Delivery status notifications (RFC 3464), and what mail servers write in their own words.

use mail_parser::{Message, MimeHeaders, PartType};

use super::Mail;
use crate::domain::contact::{EmailAddress, one_line};
use crate::formats::text_of;

/// A letter of somebody's was not delivered, or is late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// Whom it did not reach.
    pub recipient: Option<EmailAddress>,
    /// Given up; otherwise the server goes on trying.
    pub permanent: bool,
    /// What the server says.
    pub answer: String,
    /// Message-IDs of the letter, without angle brackets.
    pub about: Vec<String>,
}

pub(super) fn read(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    report(message).or_else(|| free_form(message, mail))
}

/// `multipart/report` with a part `message/delivery-status`.
fn report(message: &Message<'_>) -> Option<Bounce> {
    let part = message.parts.iter().find(|p| p.is_content_type("message", "delivery-status"))?;
    let status = match &part.body {
        PartType::Text(text) => text.to_string(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => text_of(bytes),
        PartType::Message(inner) => text_of(inner.raw_message()),
        _ => return None,
    };
    let field = |name: &str| field(&status, name);
    let action = field("Action").unwrap_or_default().to_lowercase();
    let code = field("Status").unwrap_or_default();
    let diagnostic = field("Diagnostic-Code").unwrap_or_default();
    let typed = |value: String| value.rsplit_once(';').map_or(value.clone(), |(_, v)| v.trim().to_owned());
    let recipient = field("Original-Recipient").or_else(|| field("Final-Recipient")).map(typed);
    Some(Bounce {
        recipient: recipient.and_then(|r| EmailAddress::parse(r.trim_matches(['<', '>']))),
        permanent: action == "failed" || (action.is_empty() && code.starts_with('5')),
        answer: one_line(&format!("{code} {}", typed(diagnostic)), 500),
        about: returned(message),
    })
}

/// A field of a status report, folded lines joined.
fn field(status: &str, name: &str) -> Option<String> {
    let mut found: Option<String> = None;
    for line in status.lines() {
        if let Some(value) = found.as_mut() {
            if line.starts_with([' ', '\t']) {
                value.push(' ');
                value.push_str(line.trim());
                continue;
            }
            break;
        }
        let Some((key, value)) = line.split_once(':') else { continue };
        if key.trim().eq_ignore_ascii_case(name) {
            found = Some(value.trim().to_owned());
        }
    }
    found
}

/// Message-IDs of the letter that came back, whole or by its header.
fn returned(message: &Message<'_>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for part in &message.parts {
        match &part.body {
            PartType::Message(letter) => ids.extend(letter.message_id().map(str::to_owned)),
            PartType::Text(text)
                if part.is_content_type("text", "rfc822-headers")
                    || part.is_content_type("message", "rfc822-headers") =>
            {
                ids.extend(ids_in(text));
            }
            PartType::Text(text) => ids.extend(ids_in(text)),
            _ => {}
        }
        ids.truncate(20);
    }
    ids
}

/// Message-IDs that stand in a text as a header would have them.
fn ids_in(text: &str) -> Vec<String> {
    let headers = text
        .match_indices("essage-")
        .filter(|(at, _)| text.get(at + 7..at + 10).is_some_and(|rest| rest.to_ascii_lowercase().starts_with("id:")));
    let values = headers.filter_map(|(at, _)| {
        let rest = text.get(at + 10..)?.trim_start();
        let inside = rest.strip_prefix('<')?;
        let inside = inside[..inside.floor_char_boundary(300)].split_once('>')?.0;
        (inside.len() < 300 && inside.contains('@')).then(|| inside.to_owned())
    });
    values.take(10).collect()
}

/// Words in subjects of mail servers that write no report.
const SUBJECTS: [&str; 9] = [
    "undeliver",
    "delivery status",
    "delivery failure",
    "delivery has failed",
    "failure notice",
    "returned mail",
    "mail delivery failed",
    "delivery problem",
    "could not be delivered",
];

/// A bounce in a mail server's own words: by its sender and subject, with our letter or its header in it.
fn free_form(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    let sender = mail.from.as_ref().map(|f| f.as_str().to_lowercase()).unwrap_or_default();
    let by_server =
        mail.no_return || ["mailer-daemon@", "postmaster@", "mail-daemon@"].iter().any(|s| sender.starts_with(s));
    let subject = mail.subject.to_lowercase();
    let failed = message.header_raw("X-Failed-Recipients").map(|r| one_line(r, 254));
    if !(failed.is_some() || (by_server && SUBJECTS.iter().any(|words| subject.contains(words)))) {
        return None;
    }
    let late = subject.contains("delay") || subject.contains("warning");
    let answer = mail.text.lines().map(str::trim).find(|l| {
        let code = l.get(..3).unwrap_or_default();
        code.bytes().all(|b| b.is_ascii_digit()) && matches!(code.as_bytes().first(), Some(b'4' | b'5'))
            || l.contains("550")
            || l.contains(" 5.")
    });
    Some(Bounce {
        recipient: failed.and_then(|r| EmailAddress::parse(&r)),
        permanent: !late,
        answer: one_line(answer.unwrap_or(&mail.subject), 500),
        about: returned(message),
    })
}
