//! A submission with several notices in it: a machine-written document, a digest by mail.

use super::lock_notices::{Incoming, lock_notices};
use super::mail_facts::proved_from;
use super::prepare_notices::Prepared;
use super::receive_notice::{keep, take_notice};
use super::types::{Received, StoredSubmission};
use crate::actions::context::{ActionError, Tx};
use crate::actions::disputes::withdraw_notice::{Scope, Withdrawing, withdraw_notice};
use crate::domain::access::token::PlainToken;
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::base::ids::Reference;
use crate::domain::intake::notice::Notice;
use crate::domain::intake::parsed_notice::ParsedNotice;
use crate::domain::intake::proof::Identity;
use crate::domain::record::event::intake::RetractionReceived;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases;
use crate::storage::cases::reviews::{self, ReviewKind};
use crate::storage::intake::notice_lists;
use crate::storage::intake::notices::NoticeRecord;
use crate::storage::intake::submissions::{self, Submission};

/// What became of a submission.
#[derive(Clone, Debug)]
pub struct DocumentOutcome {
    /// Row number of the submission.
    pub submission: i64,
    /// It had been received before; nothing was done again.
    pub again: bool,
    /// Every notice with the token of its status link.
    pub notices: Vec<(Received, PlainToken)>,
    /// Notices of an earlier reception.
    pub known: Vec<Reference>,
    /// How many retractions were in it.
    pub retractions: usize,
}

/// Receives every notice of a document in one transaction: all of it or nothing. `prepared` is what was prepared for
/// each, as far as that was done.
pub fn receive_document(
    tx: &mut Tx<'_>,
    submission: &Submission,
    readings: &[ParsedNotice],
    prepared: &[Option<Prepared>],
) -> Result<DocumentOutcome, ActionError> {
    if let Some(key) = &submission.dedup_key
        && let Some((id, known)) = submissions::seen(tx.conn, key)?
    {
        return Ok(DocumentOutcome { submission: id, again: true, notices: Vec::new(), known, retractions: 0 });
    }
    let kept = keep(tx, submission, None)?;
    take_all(tx, &kept, readings, prepared)
}

/// Takes every notice of a submission that is kept.
pub(in crate::actions) fn take_all(
    tx: &mut Tx<'_>,
    kept: &StoredSubmission,
    readings: &[ParsedNotice],
    prepared: &[Option<Prepared>],
) -> Result<DocumentOutcome, ActionError> {
    let of = |at: usize| prepared.get(at).and_then(Option::as_ref);
    let incoming = readings.iter().zip(0..).filter(|(reading, _)| !reading.retraction);
    let incoming: Vec<Incoming<'_>> = incoming.map(|(reading, at)| (reading, of(at))).collect();
    let mut held = lock_notices(tx, &incoming, kept.received)?.into_iter();
    let mut taken =
        DocumentOutcome { submission: kept.id, again: false, notices: Vec::new(), known: Vec::new(), retractions: 0 };
    for reading in readings {
        if reading.retraction {
            taken.retractions += 1;
            take_retraction(tx, kept, reading)?;
        } else if let Some(notice) = held.next() {
            let link = notice.prepared.map_or_else(|| tx.context.entropy.link(tx.now), |p| p.link.clone());
            taken.notices.push((take_notice(tx, kept, &notice, &link)?, link));
        }
    }
    Ok(taken)
}

/// Whether a notice is surely of whoever hands in a retraction of it: it came with the same key, or names this very address
/// as the complainant's, or came itself by a mail that is proved to be from it. Anybody can write a number into a mail, and
/// at a provider of free mail anybody passes the checks of the domain.
fn is_theirs(tx: &mut Tx<'_>, who: &Identity, notice: &NoticeRecord) -> Result<bool, ActionError> {
    match who {
        Identity::Unknown | Identity::Host => Ok(false),
        Identity::Key(key) => Ok(submissions::key_of(tx.conn, notice.submission_id)? == Some(*key)),
        Identity::Mail(proved) => {
            let named = notice.complainant.email.as_ref();
            if named.is_some_and(|address| address.is_same_mailbox(proved)) {
                return Ok(true);
            }
            let facts = submissions::facts_of(tx.conn, notice.submission_id)?;
            Ok(proved_from(&facts).is_some_and(|from| from.is_same_mailbox(proved)))
        }
    }
}

/// The mail domain of an address, empty where there is none.
fn domain_of(address: Option<&EmailAddress>) -> String {
    address.map(|a| a.domain().to_owned()).unwrap_or_default()
}

/// The notice that a retraction names by its sender's number, and whether it is proved to be that sender's. Those still
/// open come before those taken back; what is not proved is looked for at the mail domain that is named.
fn named(
    tx: &mut Tx<'_>,
    kept: &StoredSubmission,
    retraction: &Notice,
) -> Result<Option<(NoticeRecord, bool)>, ActionError> {
    let number = &retraction.sender_reference;
    let mut earlier = if number.is_empty() { Vec::new() } else { notice_lists::by_sender_reference(tx.conn, number)? };
    earlier.sort_by_key(|notice| notice.withdrawn_at.is_some());
    let who = &kept.identity;
    let domain = domain_of(retraction.complainant.email.as_ref());
    let at_domain = |notice: &NoticeRecord| domain_of(notice.complainant.email.as_ref()) == domain;
    for notice in &earlier {
        // One key can send for several complainants, each with numbers of its own.
        let meant = !matches!(who, Identity::Key(_)) || at_domain(notice);
        if meant && is_theirs(tx, who, notice)? {
            return Ok(Some((notice.clone(), true)));
        }
    }
    let named = earlier.into_iter().find(at_domain);
    Ok(named.map(|notice| (notice, false)))
}

/// A sender takes a notice back. Where nothing proves that it is the sender, it is a claim: a person looks at it, and the
/// notice stays as it is.
fn take_retraction(tx: &mut Tx<'_>, kept: &StoredSubmission, reading: &ParsedNotice) -> Result<(), ActionError> {
    let notice = &reading.understood().notice;
    let who = notice.complainant.shown();
    let note = one_line(&format!("{who} says that notice {} is withdrawn", notice.sender_reference), 300);
    let Some((found, theirs)) = named(tx, kept, notice)? else {
        let about = reviews::About { submission: Some(kept.id), ..reviews::About::default() };
        let note = format!("{note}; no notice of theirs has this number");
        return Ok(reviews::raise(tx.conn, ReviewKind::Retraction, about, &note, tx.now)?);
    };
    let actor = if theirs { Actor::Complainant } else { Actor::System };
    let what = RetractionReceived { submission: kept.id, proved: theirs };
    tx.event(Subject::Notice(found.id), &actor, Event::NoticeRetractionReceived(what))?;
    if !theirs {
        return claim_retraction(tx, kept, &found, &format!("{note}; nothing proves it"));
    }
    if found.withdrawn_at.is_none() {
        let how = Withdrawing { via: "acns", why: "Retraction by the sender's own system" };
        withdraw_notice(tx, found.id, &Scope::Whole, how, &Actor::Complainant)?;
    }
    Ok(())
}

/// Puts a retraction that is not proved before a person, with the notice and each case of it.
fn claim_retraction(
    tx: &mut Tx<'_>,
    kept: &StoredSubmission,
    found: &NoticeRecord,
    note: &str,
) -> Result<(), ActionError> {
    let whole = reviews::About { notice: Some(found.id), submission: Some(kept.id), ..reviews::About::default() };
    let open = cases::of_notice(tx.conn, found.id, 500)?;
    if open.is_empty() {
        reviews::raise(tx.conn, ReviewKind::Retraction, whole, note, tx.now)?;
    }
    for case in open {
        let about = reviews::About { case: Some(case.id), ..whole };
        reviews::raise(tx.conn, ReviewKind::Retraction, about, note, tx.now)?;
        let what = RetractionReceived { submission: kept.id, proved: false };
        tx.event(Subject::Case(case.id), &Actor::System, Event::NoticeRetractionReceived(what))?;
    }
    Ok(())
}
