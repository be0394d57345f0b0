//! Staff complete what a person wrote by mail: the notice is the person's, in their words, received when
//! the mail was.

use super::mail_facts::{failed, proved_from};
use super::receive_mail::MailKind;
use super::receive_notice::{fingerprint, take_one};
use super::types::{Received, StoredSubmission};
use crate::actions::context::{ActionError, Tx};
use crate::actions::outbox::limits::SpeaksFor;
use crate::domain::base::moment::Moment;
use crate::domain::intake::parsed_notice::ParsedNotice;
use crate::domain::intake::proof::Identity;
use crate::domain::record::event::intake::OfSubmission;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::cases::reviews;
use crate::storage::intake::submissions::SubmissionRow;
use crate::storage::intake::{notices, submissions};

/// Whether staff can make a notice of a submission: of every mail but one of notices and our own. A new notice can come as
/// an answer to a letter of ours, look automatic, or have been stored without being read.
pub fn may_become_notice(row: &SubmissionRow) -> bool {
    let facts = row.facts();
    let kind = facts.get("kind").and_then(|kind| kind.as_str()).and_then(MailKind::from_code);
    row.channel == "mail" && !matches!(kind, Some(MailKind::Notices | MailKind::Own))
}

/// Makes a notice of a mail.
pub fn complete_letter(
    tx: &mut Tx<'_>,
    submission: i64,
    reading: &ParsedNotice,
    actor: &Actor,
) -> Result<Received, ActionError> {
    let row = submissions::get(tx.conn, submission)?;
    if !may_become_notice(&row) {
        let words = "Only a mail that is no notice yet and no letter of ours can be completed.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    // On PostgreSQL this waits for somebody who is completing a letter at the same moment.
    tx.event(Subject::Installation, actor, Event::MailCompleted(OfSubmission { submission }))?;
    if let Some(known) = submissions::notices_of(tx.conn, submission)?.first() {
        return Err(ActionError::Refused(format!("This letter has already become the notice {known}.")));
    }
    let kept = StoredSubmission {
        id: submission,
        channel: "mail",
        fingerprint: fingerprint(&row.digest),
        received: Moment(row.received_at),
        prose: String::new(),
        speaks_for: SpeaksFor::Nobody,
        mail_failed: failed(&row.facts()),
        seen_by_staff: true,
        identity: proved_from(&row.facts()).map_or(Identity::Unknown, Identity::Mail),
    };
    let token = tx.context.entropy.link(tx.now);
    let received = take_one(tx, &kept, (reading, None), &token)?;
    reviews::done_for_submission(tx.conn, submission, &actor.to_string(), tx.now)?;
    if let Some(notice) = notices::by_reference(tx.conn, &received.reference)? {
        let event = Event::NoticeCompletedByStaff(OfSubmission { submission });
        tx.event(Subject::Notice(notice.id), actor, event)?;
    }
    Ok(received)
}
