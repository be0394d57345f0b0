//! What a mail belongs to: the letters of ours it answers, or the case or notice whose reference stands in its subject.

use super::mail_facts::Envelope;
use crate::actions::context::{ActionError, Tx};
use crate::actions::outbox::record_delivery::subject_of;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::{CaseId, Kind, LetterId, NoticeId, Reference};
use crate::domain::record::event::Subject;
use crate::formats::mail::{Content, Mail};
use crate::storage::cases::{self, reviews};
use crate::storage::customers::contacts;
use crate::storage::intake::notices;
use crate::storage::outbox::letters::{self, LetterRow};

/// Most letters that one mail answers, and references looked up of one subject.
const MOST: usize = 20;

/// One thing that a mail is about.
#[derive(Clone, Debug)]
pub(in crate::actions) struct Topic {
    pub letter: Option<LetterRow>,
    pub case: Option<CaseId>,
    pub notice: Option<NoticeId>,
}

impl Topic {
    fn of_letter(letter: LetterRow) -> Self {
        let (case, notice) = (letter.case_id.map(CaseId), letter.notice_id.map(NoticeId));
        Self { case, notice, letter: Some(letter) }
    }

    /// Whose record it belongs to.
    pub fn subject(&self) -> Subject {
        let case = self.case.map(Subject::Case).or(self.notice.map(Subject::Notice));
        case.or_else(|| self.letter.as_ref().and_then(subject_of)).unwrap_or(Subject::Installation)
    }

    /// What a review of a mail about it is about.
    pub fn about(&self, submission: i64) -> reviews::About {
        reviews::About {
            case: self.case,
            notice: self.notice,
            letter: self.letter.as_ref().map(|l| LetterId(l.id)),
            submission: Some(submission),
        }
    }
}

/// Where a mail belongs.
#[derive(Clone, Debug, Default)]
pub(in crate::actions) struct Thread {
    /// Each about another case, notice or account.
    pub topics: Vec<Topic>,
    /// Cases and notices named in the subject by somebody whom they do not concern, as far as is known.
    pub claimed: Vec<(Reference, Subject)>,
}

impl Thread {
    /// The letter that is meant first.
    pub fn letter(&self) -> Option<&LetterRow> {
        self.topics.iter().find_map(|t| t.letter.as_ref())
    }

    /// Whether a mail answers, by its header or with its subject, a letter of ours or what its subject names.
    pub fn is_answered_by(&self, mail: &Mail) -> bool {
        let answers = |letter: &LetterRow| {
            let id = letter.message_id.trim_matches(['<', '>']);
            let quotes = !letter.subject.is_empty() && mail.subject.contains(&letter.subject);
            quotes || mail.refers_to.iter().any(|named| named == id)
        };
        self.topics.iter().any(|topic| topic.letter.as_ref().is_none_or(answers))
    }
}

/// Finds it: by the addresses that the mail was sent to, by the Message-IDs it names, by its subject.
pub(in crate::actions) fn thread_of(tx: &mut Tx<'_>, mail: &Mail, envelope: &Envelope) -> Result<Thread, ActionError> {
    let mut thread = Thread::default();
    for extension in extensions(tx, mail, envelope) {
        if let Some(letter) = letters::by_unique_part(tx.conn, &extension)? {
            let topic = Topic::of_letter(letter);
            if thread.topics.iter().all(|t| t.subject() != topic.subject()) {
                thread.topics.push(topic);
            }
        }
    }
    if thread.topics.is_empty() {
        let named = letters::by_message_ids(tx.conn, &named(mail))?;
        thread.topics.extend(named.map(Topic::of_letter));
    }
    if thread.topics.is_empty() && matches!(mail.content, Content::Letter | Content::Machine(..)) {
        by_subject(tx, mail, &mut thread)?;
    }
    Ok(thread)
}

/// Extensions of our mailbox, each of which belongs to one letter.
fn extensions(tx: &Tx<'_>, mail: &Mail, envelope: &Envelope) -> Vec<String> {
    let own = tx.context.config.inbound.reply_address.as_ref().map(EmailAddress::plain);
    let came_from = if let Content::Complaint(complaint) = &mail.content { &complaint.sent_from[..] } else { &[] };
    let all = envelope.to.iter().chain(&mail.recipients).chain(came_from);
    let ours = all.filter(|to| own.as_ref() == Some(&to.plain())).filter_map(extension);
    let mut found: Vec<String> = Vec::new();
    for extension in ours {
        if found.len() < MOST && !found.contains(&extension) {
            found.push(extension);
        }
    }
    found
}

fn extension(address: &EmailAddress) -> Option<String> {
    let local = address.as_str().split('@').next()?;
    local.split_once('+').map(|(_, extension)| extension.to_lowercase())
}

/// Extensions of our mailbox in the envelope: of two mails with the same bytes each is for another letter.
pub(in crate::actions) fn meant(tx: &Tx<'_>, envelope: &Envelope) -> String {
    let mut all = extensions(tx, &Mail::default(), envelope);
    all.sort_unstable();
    all.join(",")
}

/// Message-IDs that a mail names.
fn named(mail: &Mail) -> Vec<String> {
    let mut named = mail.refers_to.clone();
    match &mail.content {
        Content::Bounce(bounce) => named.extend_from_slice(&bounce.about),
        Content::Complaint(complaint) => named.extend_from_slice(&complaint.about),
        _ => named.extend(mail.likely_bounce.iter().flat_map(|bounce| bounce.about.iter().cloned())),
    }
    // What is no Message-ID was never ours, and PostgreSQL takes no NUL in a text.
    named.retain(|id| id.bytes().all(|b| b.is_ascii_graphic()));
    named
}

/// Our subjects end in the reference of what they are about. It is short and stands in letters to both sides: it makes a
/// thread for a contact of the account and for the complainant; for others it is a claim.
fn by_subject(tx: &mut Tx<'_>, mail: &Mail, thread: &mut Thread) -> Result<(), ActionError> {
    let config = &tx.context.config;
    let Some(writer) = mail.writer(|a| config.is_own_address(a)) else { return Ok(()) };
    for reference in references_in(&mail.subject) {
        let found = match reference.kind() {
            Kind::Case => of_case(tx, &reference, &writer.address)?,
            Kind::Notice => of_notice(tx, &reference, &writer.address)?,
        };
        match found {
            Some((topic, true)) => thread.topics.push(topic),
            Some((topic, false)) => thread.claimed.push((reference, topic.subject())),
            None => {}
        }
    }
    Ok(())
}

type Found = Option<(Topic, bool)>;

fn of_case(tx: &mut Tx<'_>, reference: &Reference, writer: &EmailAddress) -> Result<Found, ActionError> {
    let Some(case) = cases::by_reference(tx.conn, reference)? else { return Ok(None) };
    let contacts = contacts::of_customer(tx.conn, case.customer_id)?;
    let of_customer =
        contacts.iter().filter_map(|c| EmailAddress::parse(&c.email)).any(|address| address.is_same_mailbox(writer));
    let known = of_customer || is_complainant(tx, case.notice_id, writer)?;
    Ok(Some((Topic { letter: None, case: Some(case.id), notice: None }, known)))
}

fn of_notice(tx: &mut Tx<'_>, reference: &Reference, writer: &EmailAddress) -> Result<Found, ActionError> {
    let Some(notice) = notices::by_reference(tx.conn, reference)? else { return Ok(None) };
    let known = is_complainant(tx, notice.id, writer)?;
    Ok(Some((Topic { letter: None, case: None, notice: Some(notice.id) }, known)))
}

fn is_complainant(tx: &mut Tx<'_>, notice: NoticeId, writer: &EmailAddress) -> Result<bool, ActionError> {
    let complainant = notices::get(tx.conn, notice)?.complainant;
    Ok(complainant.email.is_some_and(|address| address.is_same_mailbox(writer)))
}

/// References in a subject, whatever language its `Re:` is in.
fn references_in(subject: &str) -> Vec<Reference> {
    let tokens = subject.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let mut found: Vec<Reference> = Vec::new();
    for reference in tokens.filter(|t| t.contains('-')).filter_map(|t| t.parse().ok()) {
        if found.len() < MOST && !found.contains(&reference) {
            found.push(reference);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_subjects() {
        for (subject, expected) in [
            ("AW: Copyright notice about a.example [C-116K-9MJ8]", &["C-116K-9MJ8"][..]),
            ("Re: [c-116k-9mj8] and N-7KQ4-M2XD, C-116K-9MJ8", &["C-116K-9MJ8", "N-7KQ4-M2XD"]),
            ("SV: Christmas C-section non-existent [C-1]", &[]),
        ] {
            let found: Vec<String> = references_in(subject).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{subject}");
        }
    }
}
