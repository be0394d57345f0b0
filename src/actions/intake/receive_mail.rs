//! A mail arrives: notices written by machines, an answer to one of our letters, a bounce, an automatic
//! answer, or a letter by a person. Whatever it is, it is kept; nothing of it is lost.
//!
//! Loops cannot arise (RFC 3834): only notices and letters by persons are answered, never a mail that a
//! machine wrote as an answer, has no return path, comes from one of our own mailboxes or answers a letter of
//! ours; and an address, and a domain, gets at most a few receipts a day (`outbox_limits`).

use super::mail_facts::Envelope;
use super::mail_facts::{self, failed, proved_from};
use super::mail_thread::{Thread, meant, thread_of};
use super::prepare_notices::Prepared;
use super::receive_document::{DocumentOutcome, take_all};
use super::receive_notice::keep;
use super::types::{Received, StoredSubmission};
use crate::actions::context::{ActionError, To, Tx};
use crate::actions::outbox::record_bounce::record_bounce;
use crate::actions::outbox::weigh_bounce::{Weighed, claim_bounce, too_late, weigh};
use crate::domain::access::token::{PlainToken, TokenHash};
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::base::ids::{LetterId, Reference};
use crate::domain::intake::proof::Identity;
use crate::domain::record::event::intake::MailNoted;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::formats::mail::{Bounce, Complaint, Content, Fate, Mail, identity};
use crate::mail::letters::MailReceived;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::intake::submissions::{self, Submission};
use crate::storage::outbox::letters;

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
    /// A letter is late, or was delivered; recorded.
    Delay,
    /// A provider passes on a complaint about a letter of ours.
    Complaint,
    /// One of our own letters came back to us; recorded.
    Own,
    /// Nothing could be read.
    Unreadable,
}

impl MailKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Notices,
        Self::Draft,
        Self::Reply,
        Self::AutoReply,
        Self::Bounce,
        Self::Delay,
        Self::Complaint,
        Self::Own,
        Self::Unreadable,
    ];
    /// From the stored code.
    pub(in crate::actions) fn from_code(code: &str) -> Option<Self> {
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
            Self::Complaint => "complaint",
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

/// Takes a mail in. `mail` is what was read of the submission's bytes, `prepared` what was prepared for the notices a
/// machine wrote in it.
pub fn receive_mail(
    tx: &mut Tx<'_>,
    mut submission: Submission,
    envelope: &Envelope,
    (mail, prepared): (Option<&Mail>, &[Option<Prepared>]),
) -> Result<MailOutcome, ActionError> {
    let Some(mail) = mail else {
        submission.facts.insert("kind".to_owned(), MailKind::Unreadable.code().into());
        let id = crate::actions::intake::receive_notice::receive_unreadable(
            tx,
            &submission,
            "this mail has no header that can be read, or consists of marks alone",
        )?;
        return Ok(outcome(id, MailKind::Unreadable));
    };
    mail_facts::note(tx, &mut submission, mail, envelope);
    submission.dedup_key = Some(dedup_key(tx, mail, envelope, &submission));
    if let Some(key) = &submission.dedup_key
        && let Some((id, known)) = submissions::seen(tx.conn, key)?
    {
        let facts = submissions::facts_of(tx.conn, id)?;
        let kind = facts.get("kind").and_then(|k| k.as_str()).and_then(MailKind::from_code);
        return Ok(MailOutcome { again: true, known, ..outcome(id, kind.unwrap_or(MailKind::Notices)) });
    }
    let thread = thread_of(tx, mail, envelope)?;
    let returned = envelope.from.as_deref() == Some("") || mail.no_return;
    let bounce = bounce_in(mail, returned, &thread);
    let weighed = match bounce.zip(thread.letter()) {
        None => None,
        Some((bounce, letter)) => {
            let with_sender = envelope.from.as_ref().is_some_and(|from| !from.is_empty());
            let checks = (with_sender, failed(&submission.facts).is_some());
            Some(weigh(bounce, letter, checks, too_late(tx, letter)?))
        }
    };
    let kind = match bounce {
        Some(bounce) => of_fate(weighed.map_or_else(|| bounce.worst(), |weighed| weighed.fate(bounce))),
        None => kind_of(tx, mail, returned, &thread)?,
    };
    submission.facts.insert("kind".to_owned(), kind.code().into());
    let mut kept = keep(tx, &submission, None)?;
    kept.prose = mail.text.chars().take(MAX_PROSE).collect();
    kept.mail_failed = failed(&submission.facts);
    kept.identity = proved_from(&submission.facts).map_or(Identity::Unknown, Identity::Mail);
    let arrived = Arrived { mail, prepared, kept, thread: &thread, returned, bounce: bounce.zip(weighed) };
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

/// The same mail handed over twice is one: the same bytes, or the same Message-ID with all that its sender wrote. One that
/// is proved to come from its sender does not repeat one that is not, whoever was first.
fn dedup_key(tx: &Tx<'_>, mail: &Mail, envelope: &Envelope, submission: &Submission) -> TokenHash {
    let proved = proved_from(&submission.facts).map(|from| from.to_string()).unwrap_or_default();
    TokenHash(identity(&submission.body, &mail.message_id, &[&meant(tx, envelope), &proved]).to_vec())
}

/// The bounce in a mail: one by its form, or, where it names a letter of ours and has no sender in its envelope, one in
/// the words of a mail server.
fn bounce_in<'a>(mail: &'a Mail, returned: bool, thread: &Thread) -> Option<&'a Bounce> {
    match &mail.content {
        Content::Bounce(bounce) => Some(bounce),
        Content::Letter if returned && thread.letter().is_some() => mail.likely_bounce.as_ref(),
        _ => None,
    }
}

fn of_fate(fate: Fate) -> MailKind {
    if fate == Fate::Failed { MailKind::Bounce } else { MailKind::Delay }
}

/// What a mail is that is no bounce of a letter.
fn kind_of(tx: &mut Tx<'_>, mail: &Mail, returned: bool, thread: &Thread) -> Result<MailKind, ActionError> {
    let from_us = mail.from.as_ref().is_some_and(|f| tx.context.config.is_own_address(f));
    Ok(match &mail.content {
        Content::Bounce(bounce) => of_fate(bounce.worst()),
        Content::Machine(..) => MailKind::Notices,
        Content::Complaint(_) if thread.letter().is_some() => MailKind::Complaint,
        // Our address alone says nothing: lists and web forms write it in front of what others send.
        _ if from_us && is_ours(tx, mail)? => MailKind::Own,
        // A header alone, or a subject alone, does not make a first mail an automatic answer: it goes before staff. Two signs do.
        _ if thread.topics.is_empty() && mail.auto_reply && (returned || mail.away) => MailKind::AutoReply,
        _ if thread.topics.is_empty() => MailKind::Draft,
        _ if mail.auto_reply || returned || (mail.away && thread.is_answered_by(mail)) => MailKind::AutoReply,
        _ => MailKind::Reply,
    })
}

/// Whether a mail is a letter of ours, by its Message-ID.
fn is_ours(tx: &mut Tx<'_>, mail: &Mail) -> Result<bool, ActionError> {
    let id = &mail.message_id;
    let possible = !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic());
    Ok(possible && letters::by_message_ids(tx.conn, std::slice::from_ref(id))?.is_some())
}

/// Whether two mail domains are the same, or one is below the other.
fn is_related(one: &str, other: &str) -> bool {
    let below = |a: &str, b: &str| a.strip_suffix(b).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    below(one, other) || below(other, one)
}

/// A mail that is kept, and what it belongs to.
struct Arrived<'a> {
    mail: &'a Mail,
    prepared: &'a [Option<Prepared>],
    kept: StoredSubmission,
    thread: &'a Thread,
    /// It has no sender in its envelope: an answer must not be sent (RFC 5321 section 4.5.5).
    returned: bool,
    /// What it says came back, compared with the letter.
    bounce: Option<(&'a Bounce, Weighed<'a>)>,
}

impl Arrived<'_> {
    fn act(&self, tx: &mut Tx<'_>, kind: MailKind) -> Result<Option<DocumentOutcome>, ActionError> {
        match (&self.mail.content, kind) {
            (Content::Machine(readings, problems), _) => {
                let taken = take_all(tx, &self.kept, readings, self.prepared)?;
                if !problems.is_empty() {
                    self.raise(tx, ReviewKind::Unreadable, &problems.join("; "))?;
                }
                self.says_more(tx, &taken)?;
                return Ok(Some(taken));
            }
            (_, MailKind::Bounce) => self.came_back(tx)?,
            (Content::Complaint(complaint), MailKind::Complaint) => self.complain(tx, complaint)?,
            (_, MailKind::Reply) => self.reply(tx)?,
            (_, MailKind::Draft) => {
                self.claim(tx)?;
                self.raise(tx, ReviewKind::MailDraft, &self.mail.subject)?;
                self.note(tx, Event::MailReceived)?;
                self.send_receipt(tx)?;
            }
            (_, kind) => {
                let auto = kind == MailKind::AutoReply;
                self.note(tx, if auto { Event::MailAutoReply } else { Event::MailRecorded })?;
            }
        }
        Ok(None)
    }

    fn reply(&self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        self.note(tx, Event::MailReply)?;
        let own = |a: &EmailAddress| tx.context.config.is_own_address(a);
        let who = self.mail.writer(own).map(|p| p.address.to_string()).unwrap_or_default();
        self.raise(tx, ReviewKind::MailReply, &format!("{who}: {}", self.mail.subject))
    }

    /// A mail that answers us, or refers to something of ours, and has notices in it, attached or quoted, says something
    /// beside them. So does one that passes on or quotes nothing but what is in hand already.
    fn says_more(&self, tx: &mut Tx<'_>, taken: &DocumentOutcome) -> Result<(), ActionError> {
        if !self.thread.topics.is_empty() && (self.mail.auto_reply || self.returned) {
            return self.note(tx, Event::MailAutoReply);
        }
        let answers = !self.thread.topics.is_empty() || !self.thread.claimed.is_empty();
        let answered = self.mail.forwarded || !self.mail.refers_to.is_empty();
        let repeats = taken.notices.iter().all(|(received, _)| received.is_repeat()) && !taken.notices.is_empty();
        if answers || (answered && repeats) {
            self.claim(tx)?;
            return self.reply(tx);
        }
        Ok(())
    }

    fn came_back(&self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        let id = self.kept.id;
        match (self.bounce, self.thread.letter()) {
            (Some((_, Weighed::Fits(block))), Some(letter)) => record_bounce(tx, letter, block, id),
            (Some((bounce, Weighed::Claim(why))), Some(letter)) => claim_bounce(tx, letter, (bounce, why), id),
            _ => self.raise(tx, ReviewKind::MailOther, "A bounce that names no letter of ours"),
        }
    }

    /// A complaint is noted with the letter; the first one comes before staff.
    fn complain(&self, tx: &mut Tx<'_>, complaint: &Complaint) -> Result<(), ActionError> {
        self.note(tx, Event::MailComplaint)?;
        let Some(letter) = self.thread.letter() else { return Ok(()) };
        if letters::complained(tx.conn, LetterId(letter.id), tx.now)? {
            let note = format!("{}, about a letter to {}", complaint.kind, letter.to_address);
            self.raise(tx, ReviewKind::LetterComplaint, &note)?;
        }
        Ok(())
    }

    /// Puts the mail on the timelines of what its subject names, as something that nothing proves.
    fn claim(&self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        for (_, subject) in &self.thread.claimed {
            let what = MailNoted { submission: self.kept.id, letter: None };
            tx.event(*subject, &Actor::System, Event::MailClaimed(what))?;
        }
        Ok(())
    }

    /// Puts the mail on the record of everything it belongs to.
    fn note(&self, tx: &mut Tx<'_>, event: fn(MailNoted) -> Event) -> Result<(), ActionError> {
        let submission = self.kept.id;
        if self.thread.topics.is_empty() {
            return tx.event(Subject::Installation, &Actor::System, event(MailNoted { submission, letter: None }));
        }
        for topic in &self.thread.topics {
            let letter = topic.letter.as_ref().map(|letter| LetterId(letter.id));
            tx.event(topic.subject(), &Actor::System, event(MailNoted { submission, letter }))?;
        }
        Ok(())
    }

    /// Puts the mail before a person, once for everything it belongs to.
    fn raise(&self, tx: &mut Tx<'_>, kind: ReviewKind, note: &str) -> Result<(), ActionError> {
        let claimed = self.thread.claimed.first();
        let named = claimed.map(|(reference, _)| format!(" (names {reference}; the sender is not known there)"));
        let note = format!("{note}{}", named.unwrap_or_default());
        let note = one_line(&note, 300);
        let alone = reviews::About { submission: Some(self.kept.id), ..reviews::About::default() };
        let mut about: Vec<_> = self.thread.topics.iter().map(|topic| topic.about(self.kept.id)).collect();
        if about.is_empty() {
            about.push(alone);
        }
        Ok(about.into_iter().try_for_each(|about| reviews::raise(tx.conn, kind, about, &note, tx.now))?)
    }

    /// Tells a person that the letter arrived, and how a notice gets through at once.
    fn send_receipt(&self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        if self.mail.automatic || self.returned || self.mail.forwarded || self.kept.mail_failed.is_some() {
            return Ok(());
        }
        let Some(to) = self.mail.answer_to(|a| tx.context.config.is_own_address(a)) else { return Ok(()) };
        // Anybody can name somebody else's mailbox as where answers go.
        let elsewhere = self.mail.from.as_ref().is_none_or(|from| !is_related(from.domain(), to.address.domain()));
        if elsewhere && matches!(self.kept.identity, Identity::Unknown) {
            return Ok(());
        }
        let letter = MailReceived {
            received: tx.now,
            subject: self.mail.subject.clone(),
            number: self.kept.id,
            form: tx.url("/notices/new"),
        };
        let about =
            crate::actions::context::About { mail: Some(self.kept.id), ..crate::actions::context::About::default() };
        tx.queue(&letter, &To { name: &to.name, address: to.address.as_str() }, about)
    }
}
