//! What an incoming mail is: notices written by machines, a bounce, an automatic answer, or a letter by a
//! person. Who it belongs to (a reply to one of our letters, say) is for the action to find out.

mod authentication;
mod automatic;
mod both_parts;
mod bounce;
mod bounce_text;
mod complaint;
mod flowed;
mod headers;
mod limits;
mod machine;
mod mime;
mod parts;
mod people;
mod repeat;
mod returned;
mod smime;
mod transfer;
mod types;

use mail_parser::{HeaderName, HeaderValue, Message};

pub use authentication::{Verdict, outcome, verdicts};
pub use both_parts::both_parts;
pub use repeat::identity;
pub use types::{Block, Bounce, Complaint, Content, Fate, Mail, Person};

use super::letter;
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::intake::notice::RawNotice;
use crate::domain::intake::parsed_notice::{Format, ParsedNotice};
use headers::raw_headers;
use limits::{MAX_HEADERS, MAX_PARTS};
use parts::collect;

/// Reads a mail. Nothing where it has no header that a mail has, or is made of nothing but marks.
pub fn read(bytes: &[u8]) -> Option<Mail> {
    if is_flood(bytes) {
        return None;
    }
    let message = mime::parse(without_mbox_line(bytes))?;
    let known = ["From", "To", "Subject", "Date", "Message-ID", "Received", "Return-Path"];
    if !message.headers_raw().any(|(name, _)| known.iter().any(|k| name.eq_ignore_ascii_case(k))) {
        return None;
    }
    let parts = collect(&message);
    let mut mail = header(&message);
    people::read(&message, &mut mail);
    mail.text = parts.readable();
    mail.attachments.clone_from(&parts.attachments);
    mail.forwarded = parts.nested > 0 || is_forward(&mail.subject);
    mail.likely_bounce = bounce_text::likely(&message, &mail);
    mail.content = match bounce::read(&message, &mail) {
        Some(bounce) => Content::Bounce(bounce),
        None => match machine::read(&parts) {
            (readings, problems) if readings.is_empty() && problems.is_empty() => {
                complaint::read(&message).map_or(Content::Letter, Content::Complaint)
            }
            (readings, problems) => Content::Machine(readings, problems),
        },
    };
    Some(mail)
}

/// Whether there are more parts or headers in it than a mail has, as far as can be seen without reading it.
fn is_flood(bytes: &[u8]) -> bool {
    let (mut parts, mut headers) = (0, 0);
    for line in bytes.split(|b| *b == b'\n') {
        parts += usize::from(line.starts_with(b"--"));
        let name = line.iter().take(60).take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        // A web address at the beginning of a line is none.
        headers += usize::from(name > 0 && line.get(name) == Some(&b':') && !line[name + 1..].starts_with(b"//"));
    }
    parts > MAX_PARTS || headers > MAX_HEADERS
}

/// The first line of a mail kept in an mbox is no header.
fn without_mbox_line(bytes: &[u8]) -> &[u8] {
    if !bytes.starts_with(b"From ") {
        return bytes;
    }
    bytes.iter().position(|b| *b == b'\n').map_or(bytes, |end| &bytes[end + 1..])
}

fn header(message: &Message<'_>) -> Mail {
    let from = message.from().and_then(|a| a.first());
    let named =
        |value: &HeaderValue<'_>| value.as_text_list().map(|l| l.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut refers_to = named(message.in_reply_to()).unwrap_or_default();
    refers_to.extend(named(message.references()).unwrap_or_default());
    refers_to.truncate(50);
    Mail {
        message_id: one_line(message.message_id().unwrap_or_default(), 300),
        from: from.and_then(|a| a.address()).and_then(EmailAddress::parse),
        from_name: one_line(from.and_then(|a| a.name()).unwrap_or_default(), 200),
        subject: one_line(message.subject().unwrap_or_default(), 300),
        recipients: recipients(message),
        refers_to,
        no_return: message.header_raw(HeaderName::ReturnPath).is_some_and(|r| r.trim() == "<>"),
        automatic: automatic::is_automatic(message),
        auto_reply: automatic::is_answer(message),
        away: automatic::is_away(message),
        authentication: raw_headers(message, "Authentication-Results"),
        ..Mail::default()
    }
}

fn recipients(message: &Message<'_>) -> Vec<EmailAddress> {
    let listed = message.to().into_iter().chain(message.cc()).flat_map(|a| a.iter());
    let mut found: Vec<EmailAddress> =
        listed.take(200).filter_map(|a| a.address()).filter_map(EmailAddress::parse).collect();
    for name in ["Delivered-To", "X-Original-To", "Envelope-To"] {
        found.extend(raw_headers(message, name).iter().filter_map(|v| EmailAddress::parse(v.trim_matches(['<', '>']))));
    }
    found
}

fn is_forward(subject: &str) -> bool {
    let start = subject.to_lowercase();
    ["fwd:", "fw:", "wg:", "tr:", "rv:"].iter().any(|mark| start.starts_with(mark))
}

/// What a person's letter says with certainty, as the beginning of a notice that staff complete beside the
/// original. `is_own` says whether an email address is ours, `hosted` whether a web address in it is one of our customers'.
pub fn draft(mail: &Mail, is_own: impl Fn(&EmailAddress) -> bool, hosted: impl Fn(&str) -> bool) -> ParsedNotice {
    let mut raw = RawNotice { statements: letter::statements(&mail.text), ..RawNotice::default() };
    if let Some(person) = mail.answer_to(is_own).filter(|_| !mail.forwarded) {
        raw.complainant.name = person.name;
        raw.complainant.email = person.address.to_string();
    }
    raw.signature = letter::signature(&mail.text).unwrap_or_default();
    let urls = letter::urls(&mail.text).into_iter().filter(|url| hosted(url));
    raw.locations = urls.map(|url| crate::domain::intake::notice::RawLocation { url, ..Default::default() }).collect();
    ParsedNotice { format: Format::Letter, raw, ..ParsedNotice::default() }
}

#[cfg(test)]
mod tests;
