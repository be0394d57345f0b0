//! A submission with several notices in it: a machine-written document, a digest by mail.

use super::hold_notices::{Incoming, hold_notices};
use super::prepare_notices::Prepared;
use super::receive_notice::{Kept, Received, keep, take_notice};
use super::withdraw_notice::{Scope, Withdrawing, withdraw_notice};
use super::{ActionError, Tx};
use crate::domain::contact::{EmailAddress, one_line};
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::Reference;
use crate::domain::reading::Reading;
use crate::domain::token::PlainToken;
use crate::storage::notices::NoticeRecord;
use crate::storage::reviews::{self, ReviewKind};
use crate::storage::submissions::{self, Submission};
use crate::storage::{cases, notice_lists};

/// What became of a submission.
#[derive(Clone, Debug)]
pub struct Taken {
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
    readings: &[Reading],
    prepared: &[Option<Prepared>],
) -> Result<Taken, ActionError> {
    if let Some(key) = &submission.dedup_key
        && let Some((id, known)) = submissions::seen(tx.conn, key)?
    {
        return Ok(Taken { submission: id, again: true, notices: Vec::new(), known, retractions: 0 });
    }
    let kept = keep(tx, submission, None)?;
    take_all(tx, &kept, readings, prepared)
}

/// Takes every notice of a submission that is kept.
pub(super) fn take_all(
    tx: &mut Tx<'_>,
    kept: &Kept,
    readings: &[Reading],
    prepared: &[Option<Prepared>],
) -> Result<Taken, ActionError> {
    let of = |at: usize| prepared.get(at).and_then(Option::as_ref);
    let incoming = readings.iter().zip(0..).filter(|(reading, _)| !reading.retraction);
    let incoming: Vec<Incoming<'_>> = incoming.map(|(reading, at)| (reading, of(at))).collect();
    let mut held = hold_notices(tx, &incoming, kept.received)?.into_iter();
    let mut taken = Taken { submission: kept.id, again: false, notices: Vec::new(), known: Vec::new(), retractions: 0 };
    for reading in readings {
        if reading.retraction {
            taken.retractions += 1;
            take_retraction(tx, kept, reading)?;
        } else if let Some(notice) = held.next() {
            let link = notice.prepared.map_or_else(|| tx.house.entropy.link(tx.now), |p| p.link.clone());
            taken.notices.push((take_notice(tx, kept, &notice, &link)?, link));
        }
    }
    Ok(taken)
}

/// Whether a retraction surely comes from who sent the notice: by the same API key, or by mail whose domain vouches
/// for it. Anybody can write a number into a mail.
fn is_theirs(tx: &mut Tx<'_>, kept: &Kept, notice: &NoticeRecord) -> Result<bool, ActionError> {
    let key = submissions::key_of(tx.conn, kept.id)?;
    if key.is_some() {
        return Ok(key == submissions::key_of(tx.conn, notice.submission_id)?);
    }
    let facts = submissions::facts_of(tx.conn, kept.id)?;
    let says = |name: &str| facts.get(name).and_then(|v| v.as_str()).unwrap_or_default();
    let domain = domain_of(notice.complainant.email.as_ref());
    let from = says("from").rsplit_once('@').map(|(_, d)| d.to_lowercase()).unwrap_or_default();
    Ok(says("dmarc") == "pass" && !domain.is_empty() && from == domain)
}

/// The mail domain of an address, empty where there is none.
fn domain_of(address: Option<&EmailAddress>) -> String {
    address.map(|a| a.domain().to_owned()).unwrap_or_default()
}

/// A sender takes a notice back. What it was about is found by the sender's own number and mail domain; a
/// person looks at it, as anybody can write a number.
fn take_retraction(tx: &mut Tx<'_>, kept: &Kept, reading: &Reading) -> Result<(), ActionError> {
    let notice = &reading.understood().notice;
    let domain = domain_of(notice.complainant.email.as_ref());
    let number = &notice.sender_reference;
    let mut earlier = if number.is_empty() { Vec::new() } else { notice_lists::by_sender_reference(tx.conn, number)? };
    earlier.retain(|n| domain_of(n.complainant.email.as_ref()) == domain);
    let note = one_line(&format!("{} writes that notice {number} is taken back", notice.complainant.shown()), 300);
    let Some(found) = earlier.first() else {
        let about = reviews::About { submission: Some(kept.id), ..reviews::About::default() };
        let note = format!("{note}; no notice of theirs has this number");
        return Ok(reviews::raise(tx.conn, ReviewKind::Retraction, about, &note, tx.now)?);
    };
    let what = Happening::new("notice.retraction_received").fact("submission", kept.id);
    tx.event(Subject::Notice(found.id), &Actor::Complainant, &what)?;
    if is_theirs(tx, kept, found)? {
        if found.withdrawn_at.is_none() {
            let how = Withdrawing { via: "acns", why: "Retraction by the sender's own system" };
            withdraw_notice(tx, found.id, &Scope::Whole, how, &Actor::Complainant)?;
        }
        return Ok(());
    }
    let open = cases::of_notice(tx.conn, found.id, 500)?;
    if open.is_empty() {
        let about = reviews::About { notice: Some(found.id), submission: Some(kept.id), ..reviews::About::default() };
        reviews::raise(tx.conn, ReviewKind::Retraction, about, &note, tx.now)?;
    }
    for case in open {
        let about = reviews::About {
            case: Some(case.id),
            notice: Some(found.id),
            submission: Some(kept.id),
            ..reviews::About::default()
        };
        reviews::raise(tx.conn, ReviewKind::Retraction, about, &note, tx.now)?;
        tx.event(Subject::Case(case.id), &Actor::Complainant, &what)?;
    }
    Ok(())
}
