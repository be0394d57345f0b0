//! A mail arrives: notices written by machines, an answer to one of our letters, a bounce, an automatic
//! answer, or a letter by a person. Whatever it is, it is kept; nothing of it is lost.
//!
//! Loops cannot arise (RFC 3834): only notices and letters by persons are answered, never a mail that a
//! machine wrote as an answer, has no return path, comes from one of our own mailboxes or answers a letter of
//! ours; and an address, and a domain, gets at most a few receipts a day (`outbox_limits`).

use super::prepare_notices::Prepared;
use super::receive_document::{Taken, take_all};
use super::receive_notice::{Kept, keep};
use super::record_bounce::record_bounce;
use super::record_delivery::subject_of;
use super::{ActionError, To, Tx};
use crate::domain::contact::{EmailAddress, one_line};
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::{CaseId, LetterId, NoticeId, Reference};
use crate::domain::token::PlainToken;
use crate::formats::mail::{Content, Mail};
use crate::mail::letters::MailReceived;
use crate::storage::letters::{self, LetterRow};
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::submissions::{self, Submission};

use super::Received;

/// Letters of a mail that are looked through for signals.
const MAX_PROSE: usize = 50_000;

/// What a mail turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// Notices written by a machine.
    Notices,
    /// A person's letter, for staff to complete.
    Draft,
    /// An answer to one of our letters.
    Reply,
    /// An automatic answer; recorded.
    AutoReply,
    /// A letter came back.
    Bounce,
    /// A letter is late; recorded.
    Delay,
    /// One of our own letters came back to us; recorded.
    Own,
    /// Nothing could be read.
    Unreadable,
}

impl MailKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Notices,
        Self::Draft,
        Self::Reply,
        Self::AutoReply,
        Self::Bounce,
        Self::Delay,
        Self::Own,
        Self::Unreadable,
    ];
    /// From the stored code.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
    /// As stored and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Notices => "notices",
            Self::Draft => "draft",
            Self::Reply => "reply",
            Self::AutoReply => "auto_reply",
            Self::Bounce => "bounce",
            Self::Delay => "delay",
            Self::Own => "own",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What became of a mail.
#[derive(Clone, Debug)]
pub struct MailOutcome {
    pub submission: i64,
    pub kind: MailKind,
    /// It had been received before; nothing was done again.
    pub again: bool,
    pub notices: Vec<(Received, PlainToken)>,
    pub known: Vec<Reference>,
}

/// The envelope a mail came in, where the entrance knows it.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// `MAIL FROM`; empty for the null sender.
    pub from: Option<String>,
    /// `RCPT TO`.
    pub to: Vec<EmailAddress>,
}

/// Takes a mail in. `mail` is what was read of the submission's bytes, `prepared` what was prepared for the notices a
/// machine wrote in it.
pub fn receive_mail(
    tx: &mut Tx<'_>,
    mut submission: Submission,
    envelope: &Envelope,
    (mail, prepared): (Option<&Mail>, &[Option<Prepared>]),
) -> Result<MailOutcome, ActionError> {
    let Some(mail) = mail else {
        let id = super::receive_unreadable(
            tx,
            &submission,
            "this mail has no header that can be read, or consists of marks alone",
        )?;
        return Ok(outcome(id, MailKind::Unreadable));
    };
    submission.dedup_key = Some(dedup_key(mail, &submission.body));
    if let Some(key) = &submission.dedup_key
        && let Some((id, known)) = submissions::seen(tx.conn, key)?
    {
        let facts = submissions::facts_of(tx.conn, id)?;
        let kind = facts.get("kind").and_then(|k| k.as_str()).and_then(MailKind::from_code);
        return Ok(MailOutcome { again: true, known, ..outcome(id, kind.unwrap_or(MailKind::Notices)) });
    }
    let letter = letter_meant(tx, mail, envelope)?;
    let returned = envelope.from.as_deref() == Some("") || mail.no_return;
    let kind = kind_of(tx, mail, returned, letter.as_ref());
    facts(tx, &mut submission, mail, envelope, kind);
    let mut kept = keep(tx, &submission, None)?;
    kept.prose = mail.text.chars().take(MAX_PROSE).collect();
    kept.mail_failed = failed(&submission.facts);
    let arrived = Arrived { mail, prepared, kept, letter, returned };
    let taken = arrived.act(tx, kind)?;
    let mut done = outcome(arrived.kept.id, kind);
    if let Some(taken) = taken {
        done.notices = taken.notices;
    }
    Ok(done)
}

fn outcome(submission: i64, kind: MailKind) -> MailOutcome {
    MailOutcome { submission, kind, again: false, notices: Vec::new(), known: Vec::new() }
}

/// The same mail handed over twice is one: by Message-ID and body, since each server adds to the header.
fn dedup_key(mail: &Mail, bytes: &[u8]) -> crate::domain::token::TokenHash {
    use sha2::{Digest, Sha256};
    let body = bytes.windows(2).position(|w| w == b"\n\n").or_else(|| bytes.windows(4).position(|w| w == b"\r\n\r\n"));
    let body = bytes.get(body.unwrap_or(0)..).unwrap_or(bytes);
    let digest =
        Sha256::new().chain_update("mail\0").chain_update(&mail.message_id).chain_update("\0").chain_update(body);
    crate::domain::token::TokenHash(digest.finalize().to_vec())
}

/// The letter of ours that a mail is about: by the address it was sent to, or by the Message-IDs it names.
fn letter_meant(tx: &mut Tx<'_>, mail: &Mail, envelope: &Envelope) -> Result<Option<LetterRow>, ActionError> {
    let own = tx.house.config.inbound.reply_address.as_ref().map(EmailAddress::plain);
    for to in envelope.to.iter().chain(&mail.recipients) {
        let extension = to.as_str().split('@').next().and_then(|local| local.split_once('+')).map(|(_, e)| e);
        let Some(extension) = extension.filter(|_| own.as_ref() == Some(&to.plain())) else { continue };
        if let Some(letter) = letters::by_unique_part(tx.conn, &extension.to_lowercase())? {
            return Ok(Some(letter));
        }
    }
    let mut named = mail.refers_to.clone();
    if let Content::Bounce(bounce) = &mail.content {
        named.extend(bounce.about.iter().cloned());
    }
    // What is no Message-ID was never ours, and PostgreSQL takes no NUL in a text.
    named.retain(|id| id.bytes().all(|b| b.is_ascii_graphic()));
    Ok(letters::by_message_ids(tx.conn, &named)?)
}

fn kind_of(tx: &Tx<'_>, mail: &Mail, returned: bool, letter: Option<&LetterRow>) -> MailKind {
    let own_sender = mail.from.as_ref().is_some_and(|f| tx.house.config.is_own_address(f));
    match &mail.content {
        Content::Bounce(bounce) if bounce.permanent => MailKind::Bounce,
        Content::Bounce(_) => MailKind::Delay,
        Content::Machine(..) => MailKind::Notices,
        // A letter of ours that came back. What a person writes from our own mailbox is read like any other.
        Content::Letter if own_sender && mail.automatic => MailKind::Own,
        Content::Letter if mail.auto_reply || (letter.is_some() && (mail.automatic || returned)) => MailKind::AutoReply,
        Content::Letter if letter.is_some() => MailKind::Reply,
        Content::Letter => MailKind::Draft,
    }
}

/// What is known about how it came in: never the words of the mail, those are in its bytes.
fn facts(tx: &Tx<'_>, submission: &mut Submission, mail: &Mail, envelope: &Envelope, kind: MailKind) {
    let facts = &mut submission.facts;
    facts.insert("kind".to_owned(), kind.code().into());
    facts.insert("subject".to_owned(), mail.subject.clone().into());
    facts.insert("from".to_owned(), mail.from.as_ref().map(ToString::to_string).unwrap_or_default().into());
    if let Some(from) = &envelope.from {
        facts.insert("mail_from".to_owned(), one_line(from, 254).into());
    }
    let ours = &tx.house.config.inbound.authserv_id;
    // Only what our own server wrote, and of that the newest: anybody can write such a header (RFC 8601 section 5).
    let result = mail.authentication.iter().find(|r| {
        let id = r.split([';', ' ']).next().unwrap_or_default();
        !ours.is_empty() && id.eq_ignore_ascii_case(ours)
    });
    for method in ["spf", "dkim", "dmarc"] {
        let found = result.and_then(|r| r.split([';', ' ']).find_map(|w| w.trim().strip_prefix(&format!("{method}="))));
        if let Some(found) = found {
            // What we checked ourselves stands.
            facts.entry(method).or_insert_with(|| one_line(found, 20).into());
        }
    }
}

/// Which check of its own domain a mail fails: DMARC where it says so, otherwise SPF where no signature holds.
pub(super) fn failed(facts: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let result = |method: &str| facts.get(method).and_then(|r| r.as_str()).unwrap_or_default();
    if result("dmarc") == "fail" {
        return Some("dmarc=fail".to_owned());
    }
    (result("dmarc") != "pass" && result("spf") == "fail" && result("dkim") != "pass").then(|| "spf=fail".to_owned())
}

/// A mail that is kept, and the letter of ours it is about.
struct Arrived<'a> {
    mail: &'a Mail,
    prepared: &'a [Option<Prepared>],
    kept: Kept,
    letter: Option<LetterRow>,
    /// It has no sender in its envelope: an answer must not be sent (RFC 5321 section 4.5.5).
    returned: bool,
}

impl Arrived<'_> {
    fn act(&self, tx: &mut Tx<'_>, kind: MailKind) -> Result<Option<Taken>, ActionError> {
        match (&self.mail.content, kind) {
            (Content::Machine(readings, problems), _) => {
                let taken = take_all(tx, &self.kept, readings, self.prepared)?;
                if !problems.is_empty() {
                    self.raise(tx, ReviewKind::Unreadable, &problems.join("; "))?;
                }
                return Ok(Some(taken));
            }
            (Content::Bounce(bounce), MailKind::Bounce) => match &self.letter {
                Some(letter) => record_bounce(tx, letter, bounce, self.kept.id)?,
                None => self.raise(tx, ReviewKind::MailOther, "A bounce that names no letter of ours")?,
            },
            (_, MailKind::Reply) => {
                self.note(tx, "mail.reply")?;
                let who = self.mail.from.as_ref().map(ToString::to_string).unwrap_or_default();
                self.raise(tx, ReviewKind::MailReply, &format!("{who}: {}", self.mail.subject))?;
            }
            (_, MailKind::Draft) => {
                self.raise(tx, ReviewKind::MailDraft, &self.mail.subject)?;
                self.note(tx, "mail.received")?;
                self.send_receipt(tx)?;
            }
            (_, kind) => {
                self.note(tx, if kind == MailKind::AutoReply { "mail.auto_reply" } else { "mail.recorded" })?;
            }
        }
        Ok(None)
    }

    fn note(&self, tx: &mut Tx<'_>, kind: &'static str) -> Result<(), ActionError> {
        let subject = self.letter.as_ref().and_then(subject_of).unwrap_or(Subject::Installation);
        let what = Happening::new(kind).fact("submission", self.kept.id);
        let what = self.letter.as_ref().map_or(what.clone(), |letter| what.fact("letter", letter.id));
        tx.event(subject, &Actor::System, &what)
    }

    fn raise(&self, tx: &mut Tx<'_>, kind: ReviewKind, note: &str) -> Result<(), ActionError> {
        let letter = self.letter.as_ref();
        let about = reviews::About {
            case: letter.and_then(|l| l.case_id).map(CaseId),
            notice: letter.and_then(|l| l.notice_id).map(NoticeId),
            letter: letter.map(|l| LetterId(l.id)),
            submission: Some(self.kept.id),
        };
        Ok(reviews::raise(tx.conn, kind, about, &one_line(note, 300), tx.now)?)
    }

    /// Tells a person that the letter arrived, and how a notice gets through at once.
    fn send_receipt(&self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        let silent = self.mail.automatic || self.returned || self.mail.forwarded;
        let answered = |from: &&EmailAddress| !silent && !tx.house.config.is_own_address(from);
        let Some(from) = self.mail.from.as_ref().filter(answered) else { return Ok(()) };
        let letter = MailReceived {
            received: tx.now.full(),
            subject: self.mail.subject.clone(),
            number: self.kept.id,
            form: tx.url("/notices/new"),
        }
        .letter(&tx.sender())?;
        tx.queue(letter, &To { name: &self.mail.from_name, address: from.as_str() }, super::About::default())?;
        Ok(())
    }
}
