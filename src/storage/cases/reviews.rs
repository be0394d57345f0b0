//! What a person should look at, beside the states of cases: refused letters, answers that need a
//! decision, submissions nobody understood.

use diesel::prelude::*;

use crate::domain::base::ids::{CaseId, LetterId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, filled, here};
use crate::storage::engine::schema::reviews;

/// Why a person should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewKind {
    /// A letter was refused for good: someone has not been told.
    LetterRefused,
    /// No contact to write to.
    NoContact,
    /// The customer removed some of the material.
    RemovedSome,
    /// The customer disputes.
    Disputed,
    /// The customer says it was settled.
    Resolved,
    /// The customer says it is not theirs.
    NotMine,
    /// Only whole sites were named.
    WholeSite,
    /// Nothing was understood.
    Unreadable,
    /// A letter came back after the receiving server had taken it.
    LetterBounced,
    /// A bounce that does not fit the letter it names.
    BounceClaimed,
    /// The receiver's provider passed on a complaint about a letter.
    LetterComplaint,
    /// Somebody answered one of our letters by mail.
    MailReply,
    /// A person wrote by mail; staff complete the notice beside the letter.
    MailDraft,
    /// A mail that is neither a notice nor an answer to a letter of ours.
    MailOther,
    /// The sender takes a notice back.
    Retraction,
    /// Signals or the standing of the sender route it to a person.
    Signals,
    /// The sender did not confirm the email address in time.
    Unconfirmed,
    /// It is not proved who sent it, and no letter can ask.
    Unproved,
    /// Many customers are named by a sender without a record.
    ManyCustomers,
    /// Access must be restored, and no system of the host was asked to.
    Restore,
    /// The thirteenth business day after a counter-notice has begun.
    PutBackAlarm,
    /// The fourteenth business day after a counter-notice is over.
    PutBackMissed,
    /// The same sender reports what the customer says is removed.
    ReportedAgain,
    /// A look found what should be gone.
    StillOnline,
    /// A court action was told after access was restored.
    LateCourtAction,
    /// The copy of a counter-notice cannot go by mail.
    CopyByPost,
    /// The host's systems have not confirmed what they were asked to do.
    NotConfirmed,
    /// No letter about a case reached anybody: no clock runs until somebody is reached.
    NotReached,
}

impl ReviewKind {
    /// All kinds.
    pub const ALL: [Self; 28] = [
        Self::LetterRefused,
        Self::NoContact,
        Self::RemovedSome,
        Self::Disputed,
        Self::Resolved,
        Self::NotMine,
        Self::WholeSite,
        Self::Unreadable,
        Self::LetterBounced,
        Self::BounceClaimed,
        Self::LetterComplaint,
        Self::MailReply,
        Self::MailDraft,
        Self::MailOther,
        Self::Retraction,
        Self::Signals,
        Self::Unconfirmed,
        Self::Unproved,
        Self::ManyCustomers,
        Self::Restore,
        Self::PutBackAlarm,
        Self::PutBackMissed,
        Self::ReportedAgain,
        Self::StillOnline,
        Self::LateCourtAction,
        Self::CopyByPost,
        Self::NotConfirmed,
        Self::NotReached,
    ];
    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::LetterRefused => "letter_refused",
            Self::NoContact => "no_contact",
            Self::RemovedSome => "removed_some",
            Self::Disputed => "disputed",
            Self::Resolved => "resolved",
            Self::NotMine => "not_mine",
            Self::WholeSite => "whole_site",
            Self::Unreadable => "unreadable",
            Self::LetterBounced => "letter_bounced",
            Self::BounceClaimed => "bounce_claimed",
            Self::LetterComplaint => "letter_complaint",
            Self::MailReply => "mail_reply",
            Self::MailDraft => "mail_draft",
            Self::MailOther => "mail_other",
            Self::Retraction => "retraction",
            Self::Signals => "signals",
            Self::Unconfirmed => "unconfirmed",
            Self::Unproved => "unproved",
            Self::ManyCustomers => "many_customers",
            Self::Restore => "restore",
            Self::PutBackAlarm => "put_back_alarm",
            Self::PutBackMissed => "put_back_missed",
            Self::ReportedAgain => "reported_again",
            Self::StillOnline => "still_online",
            Self::LateCourtAction => "late_court_action",
            Self::CopyByPost => "copy_by_post",
            Self::NotConfirmed => "not_confirmed",
            Self::NotReached => "not_reached",
        }
    }
    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::LetterRefused => "A letter was refused",
            Self::NoContact => "No contact to write to",
            Self::RemovedSome => "Only some of it was removed",
            Self::Disputed => "The customer disputes it",
            Self::Resolved => "Said to be resolved",
            Self::NotMine => "Said not to be theirs",
            Self::WholeSite => "Only whole sites are named",
            Self::Unreadable => "A submission that could not be read",
            Self::LetterBounced => "A letter came back",
            Self::BounceClaimed => "Said to be a bounce, not confirmed",
            Self::LetterComplaint => "A letter was reported as spam",
            Self::MailReply => "An answer by mail",
            Self::MailDraft => "A notice by mail to complete",
            Self::MailOther => "A mail to look at",
            Self::Retraction => "The sender takes a notice back",
            Self::Signals => "Worth a look before it is forwarded",
            Self::Unconfirmed => "The sender has not confirmed the email address",
            Self::Unproved => "Not proved who sent it",
            Self::ManyCustomers => "Many customers, named by a sender without a record",
            Self::Restore => "Restore access",
            Self::PutBackAlarm => "A put-back runs out of time",
            Self::PutBackMissed => "A put-back is too late",
            Self::ReportedAgain => "Reported again after an answer",
            Self::StillOnline => "Still online after it was said to be gone",
            Self::LateCourtAction => "A court action came after access was restored",
            Self::CopyByPost => "Send a copy of the counter-notice by mail",
            Self::NotConfirmed => "The host’s systems have not confirmed it",
            Self::NotReached => "The customer has not been reached",
        }
    }
}

/// What a review is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    pub case: Option<CaseId>,
    pub notice: Option<NoticeId>,
    pub letter: Option<LetterId>,
    pub submission: Option<i64>,
}

/// An open review.
#[derive(Clone, Debug)]
pub struct Review {
    pub id: i64,
    pub kind: ReviewKind,
    pub about: About,
    pub note: String,
    pub raised_at: Moment,
}

/// Raises a review.
pub fn raise(conn: &mut Conn, kind: ReviewKind, about: About, note: &str, now: Moment) -> Result<(), StorageError> {
    diesel::insert_into(reviews::table)
        .values((
            reviews::kind.eq(kind.code()),
            reviews::case_id.eq(about.case.map(|c| c.0)),
            reviews::notice_id.eq(about.notice.map(|n| n.0)),
            reviews::letter_id.eq(about.letter.map(|l| l.0)),
            reviews::submission_id.eq(about.submission),
            reviews::note.eq(note),
            reviews::raised_at.eq(now.0),
            reviews::done_by.eq(""),
        ))
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

type Row = (i64, String, Option<i64>, Option<i64>, Option<i64>, Option<i64>, String, i64);

fn read((id, kind, case, notice, letter, submission, note, raised_at): Row) -> Result<Review, StorageError> {
    let kind = ReviewKind::ALL
        .into_iter()
        .find(|k| k.code() == kind)
        .ok_or_else(|| StorageError::corrupt("reviews", "kind", id))?;
    let about =
        About { case: case.map(CaseId), notice: notice.map(NoticeId), letter: letter.map(LetterId), submission };
    Ok(Review { id, kind, about, note, raised_at: Moment(raised_at) })
}

macro_rules! columns {
    () => {
        (
            reviews::id,
            reviews::kind,
            reviews::case_id,
            reviews::notice_id,
            reviews::letter_id,
            reviews::submission_id,
            reviews::note,
            reviews::raised_at,
        )
    };
}

/// Open reviews, oldest first, after a place.
pub fn open(conn: &mut Conn, after: Option<(i64, i64)>, limit: i64) -> Result<Vec<Review>, StorageError> {
    let (at, id) = after.unwrap_or((i64::MIN, i64::MIN));
    let rows: Vec<Row> = reviews::table
        .filter(reviews::done_at.is_null())
        .filter(reviews::raised_at.ge(at))
        .filter(reviews::raised_at.gt(at).or(reviews::raised_at.eq(at).and(reviews::id.gt(id))))
        .order((reviews::raised_at, reviews::id))
        .limit(limit)
        .select(columns!())
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// One review, where it is open.
pub fn get_open(conn: &mut Conn, id: i64) -> Result<Option<Review>, StorageError> {
    let open = reviews::table.find(id).filter(reviews::done_at.is_null());
    open.select(columns!()).first(conn).optional()?.map(read).transpose()
}

/// Open reviews of a case.
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Review>, StorageError> {
    let rows: Vec<Row> = reviews::table
        .filter(reviews::case_id.eq(case.0))
        .filter(reviews::done_at.is_null())
        .order(reviews::id)
        .limit(50)
        .select(columns!())
        .fixed(here!())
        .rows(conn)?;
    rows.into_iter().map(read).collect()
}

/// How many reviews are open, counted up to `limit`.
pub fn count_open(conn: &mut Conn, limit: i64) -> Result<i64, StorageError> {
    let some: Vec<i64> =
        reviews::table.filter(reviews::done_at.is_null()).limit(limit).select(reviews::id).load(conn)?;
    Ok(i64::try_from(some.len()).unwrap_or(limit))
}

/// Marks one review as done; returns whether it was open.
pub fn done(conn: &mut Conn, id: i64, by: &str, now: Moment) -> Result<bool, StorageError> {
    let open = reviews::table.find(id).filter(reviews::done_at.is_null());
    Ok(diesel::update(open).set((reviews::done_at.eq(now.0), reviews::done_by.eq(by))).execute(conn)? == 1)
}

/// Marks the open reviews of a case as done, of these kinds.
pub fn done_for_case(
    conn: &mut Conn,
    case: CaseId,
    kinds: &[ReviewKind],
    by: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let codes: Vec<&str> = kinds.iter().map(|k| k.code()).collect();
    let open = reviews::table.filter(reviews::case_id.eq(case.0)).filter(reviews::done_at.is_null());
    Ok(diesel::update(open.filter(reviews::kind.eq_any(filled(&codes))))
        .set((reviews::done_at.eq(now.0), reviews::done_by.eq(by)))
        .prepared()
        .run(conn)?)
}

/// Marks the reviews about a retraction of a notice as done.
pub fn done_for_notice(conn: &mut Conn, notice: NoticeId, by: &str, now: Moment) -> Result<(), StorageError> {
    let open = reviews::table.filter(reviews::notice_id.eq(notice.0)).filter(reviews::done_at.is_null());
    diesel::update(open.filter(reviews::kind.eq(ReviewKind::Retraction.code())))
        .set((reviews::done_at.eq(now.0), reviews::done_by.eq(by)))
        .execute(conn)?;
    Ok(())
}

/// Marks the reviews about a submission as done.
pub fn done_for_submission(conn: &mut Conn, submission: i64, by: &str, now: Moment) -> Result<(), StorageError> {
    let open = reviews::table.filter(reviews::submission_id.eq(submission)).filter(reviews::done_at.is_null());
    diesel::update(open).set((reviews::done_at.eq(now.0), reviews::done_by.eq(by))).execute(conn)?;
    Ok(())
}

/// Open reviews about a submission.
pub fn of_submission(conn: &mut Conn, submission: i64) -> Result<Vec<Review>, StorageError> {
    let rows: Vec<Row> = reviews::table
        .filter(reviews::submission_id.eq(submission))
        .filter(reviews::done_at.is_null())
        .order(reviews::id)
        .limit(50)
        .select(columns!())
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Marks the reviews about a letter as done.
pub fn done_for_letter(conn: &mut Conn, letter: LetterId, by: &str, now: Moment) -> Result<(), StorageError> {
    diesel::update(reviews::table.filter(reviews::letter_id.eq(letter.0)).filter(reviews::done_at.is_null()))
        .set((reviews::done_at.eq(now.0), reviews::done_by.eq(by)))
        .execute(conn)?;
    Ok(())
}
