//! Feedback reports: a provider passes on that somebody marked a mail as spam (ARF, RFC 5965).

use mail_parser::{Message, MimeHeaders, PartType};

use super::returned::{returned, text};
use super::types::Complaint;
use crate::domain::base::contact::{EmailAddress, one_line};

pub(super) fn read(message: &Message<'_>) -> Option<Complaint> {
    let part = message.parts.iter().find(|p| p.is_content_type("message", "feedback-report"))?;
    let report = text(part);
    let field = |name: &str| {
        report
            .lines()
            .filter_map(|l| l.split_once(':'))
            .find(|(n, _)| n.trim().eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    };
    let kind = one_line(&field("Feedback-Type")?.to_lowercase(), 40);
    // RFC 5965 section 7.3, and RFC 6430. Reports of copyright infringement and the like are no complaints about a mail.
    if !["abuse", "fraud", "virus", "other", "not-spam", "opt-out", "opt-out-list"].contains(&kind.as_str()) {
        return None;
    }
    let from = field("Original-Mail-From").and_then(|v| EmailAddress::parse(v.trim().trim_matches(['<', '>'])));
    let inside = message.parts.iter().filter_map(|p| if let PartType::Message(m) = &p.body { Some(m) } else { None });
    let replies = inside.filter_map(|m| m.reply_to()?.first()?.address()).filter_map(EmailAddress::parse);
    Some(Complaint { kind, about: returned(message), sent_from: from.into_iter().chain(replies).take(20).collect() })
}
