//! The one place every letter passes on its way into the outbox: whether it is sent, gathered with others, or held back.
//! The rules are in `domain::letter_rule`.

use serde_json::{Map, Value};

use super::record_delivery::subject_of;
use crate::actions::context::{About, ActionError, Tx};
use crate::actions::intake::mail_facts::proved_from;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::LetterId;
use crate::domain::outbox::letter_rule::{
    GATHERED, GATHERED_PER_DOMAIN, PER_DOMAIN, PER_RECEIVER, RECEIPT, RECEIPTS_PER_DOMAIN, RECEIPTS_PER_RECEIVER, Rule,
    WINDOW, rule,
};
use crate::domain::record::event::outbox::LetterHeld;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::domain::senders::signal::is_free_mail;
use crate::storage::intake::notices;
use crate::storage::intake::submissions::{self, Submission};
use crate::storage::outbox::{counted_letters, letters};

/// Whose word a submission is: to whom letters about it are no surprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpeaksFor {
    /// The host gave out the key, or entered it: the addresses in it are trusted.
    Anybody,
    /// A mail whose domain vouches for it, from this mailbox ([`EmailAddress::mailbox`]).
    Only(String),
    /// Addresses in it were typed by somebody.
    Nobody,
}

impl SpeaksFor {
    /// Of a submission on its way in.
    pub(in crate::actions) fn of(submission: &Submission) -> Self {
        Self::read((submission.channel, &submission.content_type, submission.api_key.is_some()), &submission.facts)
    }

    fn read((channel, media_type, key): (&str, &str, bool), facts: &Map<String, Value>) -> Self {
        if media_type.starts_with("message/") {
            // The key that a mail comes with is that of the server that hands it over.
            return proved_from(facts).map_or(Self::Nobody, |from| Self::Only(from.mailbox()));
        }
        if channel == "cli" || (channel == "api" && key) { Self::Anybody } else { Self::Nobody }
    }

    /// Whether the receiver surely is who sent it.
    pub(in crate::actions) fn vouches_for(&self, receiver: &str) -> bool {
        match self {
            Self::Anybody => true,
            Self::Only(address) => address == receiver,
            Self::Nobody => false,
        }
    }
}

/// Lets a letter that was just queued pass, or puts it aside.
pub(in crate::actions) fn pass(
    tx: &mut Tx<'_>,
    letter: LetterId,
    (kind, to): (&'static str, &str),
    about: About,
) -> Result<(), ActionError> {
    let rule = rule(kind).unwrap_or(Rule::Always);
    let Some(address) = EmailAddress::parse(to).filter(|_| rule != Rule::Always) else { return Ok(()) };
    let receiver = address.mailbox();
    // Receipts count for everybody: a machine that vouches for its mail answers ours all the same.
    if kind != RECEIPT && about.customer.is_none() && is_vouched(tx, about, &receiver)? {
        return Ok(());
    }
    let domain = if about.customer.is_none() { limited_domain(&address) } else { None };
    if is_over(tx, (&receiver, domain.as_deref()), kind)? {
        return put_aside(tx, letter, rule, &receiver);
    }
    Ok(counted_letters::add(tx.conn, &receiver, domain.as_deref(), kind, tx.now)?)
}

/// The domain whose receivers together get so many letters; none where anybody gets an address.
fn limited_domain(address: &EmailAddress) -> Option<String> {
    (!is_free_mail(address.domain())).then(|| address.registered_domain())
}

/// Counts a letter that gathers others for somebody who is no customer; says whether its domain has room for it today.
/// These have a share of their own, so that they are put off for a while, and never for ever.
pub(in crate::actions) fn counts_gathered(tx: &mut Tx<'_>, receiver: &str, to: &str) -> Result<bool, ActionError> {
    let Some(domain) = EmailAddress::parse(to).as_ref().and_then(limited_domain) else { return Ok(true) };
    let (since, most) = (tx.now - WINDOW, PER_DOMAIN + GATHERED_PER_DOMAIN);
    let counts = counted_letters::to_domain(tx.conn, (&domain, GATHERED), since, most)?;
    if counts.of_kind >= GATHERED_PER_DOMAIN || counts.all >= most {
        return Ok(false);
    }
    counted_letters::add(tx.conn, receiver, Some(&domain), GATHERED, tx.now)?;
    Ok(true)
}

fn is_vouched(tx: &mut Tx<'_>, about: About, receiver: &str) -> Result<bool, ActionError> {
    if let Some(known) = about.vouched {
        return Ok(known);
    }
    let Some(notice) = about.notice else { return Ok(false) };
    let submission = notices::get(tx.conn, notice)?.submission_id;
    let source = submissions::source_of(tx.conn, submission)?;
    let facts = serde_json::from_str(&source.facts).unwrap_or_default();
    let speaks = SpeaksFor::read((&source.channel, &source.content_type, source.api_key_id.is_some()), &facts);
    Ok(speaks.vouches_for(receiver))
}

fn is_over(tx: &mut Tx<'_>, (receiver, domain): (&str, Option<&str>), kind: &str) -> Result<bool, ActionError> {
    let (since, receipt) = (tx.now - WINDOW, kind == RECEIPT);
    let counts = counted_letters::to_receiver(tx.conn, (receiver, kind), since, PER_RECEIVER)?;
    if counts.all >= PER_RECEIVER || (receipt && counts.of_kind >= RECEIPTS_PER_RECEIVER) {
        return Ok(true);
    }
    let Some(domain) = domain else { return Ok(false) };
    let counts = counted_letters::to_domain(tx.conn, (domain, kind), since, PER_DOMAIN)?;
    Ok(counts.all >= PER_DOMAIN || (receipt && counts.of_kind >= RECEIPTS_PER_DOMAIN))
}

fn put_aside(tx: &mut Tx<'_>, id: LetterId, rule: Rule, receiver: &str) -> Result<(), ActionError> {
    let (state, why) = match rule {
        Rule::Gather => ("gathered", "More letters to this address in a day than we send one by one"),
        Rule::Always | Rule::Withhold => ("withheld", "More letters to this address in a day than we send"),
    };
    counted_letters::set_aside(tx.conn, id, state, why, tx.now)?;
    if rule == Rule::Gather {
        let due = counted_letters::gathered_at(tx.conn, receiver)?.unwrap_or(tx.now + WINDOW);
        counted_letters::gather(tx.conn, id, receiver, due)?;
    }
    let letter = letters::get(tx.conn, id)?;
    let what = LetterHeld { letter: id, kind: letter.kind.clone() };
    let event = if rule == Rule::Gather { Event::LetterGathered(what) } else { Event::LetterWithheld(what) };
    tx.event(subject_of(&letter).unwrap_or(Subject::Installation), &Actor::System, event)
}
