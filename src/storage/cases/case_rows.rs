//! The rows of cases. Every change of state is a conditional update on the version.

use diesel::prelude::*;

use crate::domain::base::ids::{CaseId, CustomerId, LetterId, NoticeId, Reference, StrikeId};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::cases::case::{Answered, CaseState, Forwarded, Outcome, Undelivered};
use crate::domain::cases::deadline::reminder_at;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::{StorageError, one_row};
use crate::storage::engine::prepared::{Prepared, columns, here, inserted, wrote_one};
use crate::storage::engine::schema::cases;

/// One notice against one customer.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: CaseId,
    pub reference: Reference,
    pub notice_id: NoticeId,
    pub customer_id: CustomerId,
    pub state: CaseState,
    /// Host name or address the case is about; the first where there are several.
    pub site: String,
    pub segment: String,
    /// Who complained, for lists.
    pub sender: String,
    pub locations: u32,
    /// How many of the six elements are missing.
    pub missing: u32,
    pub received_at: Moment,
    /// When the letters to the customer were written.
    pub forwarded_at: Option<Moment>,
    /// When the customer was reached; also after it was answered or closed.
    pub reached_at: Option<Moment>,
    /// The letter that reached the customer first; none where it was another way.
    pub reached_letter: Option<LetterId>,
    /// How long the customer has to answer, as it was when the case was forwarded.
    pub answer_period: Option<Span>,
    pub closed_at: Option<Moment>,
    /// Counts as a strike, or will.
    pub strike_id: Option<StrikeId>,
    /// Staff decided whether it counts; `false` keeps it out of the count.
    pub counts: bool,
    /// The customer is a downstream provider: the material is of a customer of theirs.
    pub downstream: bool,
    version: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of a row")]
pub(super) struct CaseRow {
    id: i64,
    reference: String,
    notice_id: i64,
    customer_id: i64,
    state: String,
    site: String,
    segment: String,
    sender: String,
    locations: i32,
    missing: i32,
    received_at: i64,
    forwarded_at: Option<i64>,
    deadline: Option<i64>,
    extended: bool,
    answer: Option<String>,
    answered_at: Option<i64>,
    outcome: Option<String>,
    closed_at: Option<i64>,
    counts: bool,
    strike_id: Option<i64>,
    version: i64,
    confirm_by: Option<i64>,
    downstream: bool,
    reached_at: Option<i64>,
    reached_letter: Option<i64>,
    answer_period: Option<i64>,
    clock_stopped: bool,
}

impl CaseRow {
    fn forwarded(&self) -> Option<Forwarded> {
        let by = self.reached_letter.map(LetterId);
        Some(Forwarded { at: Moment(self.reached_at?), by, deadline: Moment(self.deadline?), extended: self.extended })
    }
    fn undelivered(&self) -> Option<Undelivered> {
        let period = Span(self.answer_period?);
        Some(Undelivered { at: Moment(self.forwarded_at?), period, stopped: self.clock_stopped })
    }
    fn answered(&self) -> Option<Answered> {
        Some(Answered { kind: self.answer.as_deref()?.parse().ok()?, at: Moment(self.answered_at?) })
    }
    fn state(&self) -> Option<CaseState> {
        Some(match self.state.as_str() {
            "received" => match self.confirm_by {
                Some(by) => CaseState::Unconfirmed(Moment(by)),
                None => CaseState::Received,
            },
            "review" => CaseState::InReview,
            "forwarded" => CaseState::Undelivered(self.undelivered()?),
            "awaiting" => CaseState::Awaiting(self.forwarded()?),
            "answered" => CaseState::Answered(self.forwarded()?, self.answered()?),
            "unanswered" => CaseState::Unanswered(self.forwarded()?),
            "closed" => CaseState::Closed(Outcome::from_code(self.outcome.as_deref()?)?, Moment(self.closed_at?)),
            _ => return None,
        })
    }
}

impl TryFrom<CaseRow> for Case {
    type Error = StorageError;
    fn try_from(row: CaseRow) -> Result<Self, StorageError> {
        let corrupt = |column| StorageError::corrupt("cases", column, row.id);
        Ok(Self {
            id: CaseId(row.id),
            state: row.state().ok_or_else(|| corrupt("state"))?,
            reference: row.reference.parse().map_err(|_| corrupt("reference"))?,
            notice_id: NoticeId(row.notice_id),
            customer_id: CustomerId(row.customer_id),
            site: row.site,
            segment: row.segment,
            sender: row.sender,
            locations: u32::try_from(row.locations).unwrap_or(0),
            missing: u32::try_from(row.missing).unwrap_or(0),
            received_at: Moment(row.received_at),
            forwarded_at: row.forwarded_at.map(Moment),
            reached_at: row.reached_at.map(Moment),
            reached_letter: row.reached_letter.map(LetterId),
            answer_period: row.answer_period.map(Span),
            closed_at: row.closed_at.map(Moment),
            strike_id: row.strike_id.map(StrikeId),
            counts: row.counts,
            downstream: row.downstream,
            version: row.version,
        })
    }
}

/// A case to open.
pub struct NewCase<'a> {
    pub notice_id: NoticeId,
    pub customer_id: CustomerId,
    /// Which of the customer's cases it is, counted from one.
    pub ordinal: u32,
    /// How it begins: received, in review, or waiting for the sender.
    pub state: CaseState,
    pub downstream: bool,
    pub site: &'a str,
    pub segment: &'a str,
    pub sender: &'a str,
    pub locations: usize,
    pub missing: usize,
    pub received_at: Moment,
}

/// Opens a case; nothing where its reference is taken.
pub fn insert(conn: &mut Conn, reference: &Reference, new: &NewCase<'_>) -> Result<Option<CaseId>, StorageError> {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let ordinal = i32::try_from(new.ordinal).unwrap_or(i32::MAX);
    let insert = diesel::insert_into(cases::table)
        .values((
            cases::reference.eq(reference.as_str()),
            cases::notice_id.eq(new.notice_id.0),
            cases::customer_id.eq(new.customer_id.0),
            cases::state.eq(new.state.code()),
            cases::site.eq(new.site),
            cases::segment.eq(new.segment),
            cases::sender.eq(new.sender),
            cases::locations.eq(count(new.locations)),
            cases::missing.eq(count(new.missing)),
            cases::received_at.eq(new.received_at.0),
            cases::extended.eq(false),
            cases::counts.eq(true),
            cases::version.eq(0_i64),
            cases::sort_at.eq(new.received_at.0),
            (
                cases::confirm_by.eq(confirm_by(&new.state)),
                cases::downstream.eq(new.downstream),
                cases::ordinal.eq(ordinal),
            ),
        ))
        .on_conflict(cases::reference)
        .do_nothing();
    let id = inserted!(conn, insert, cases::id)?;
    Ok(id.map(CaseId))
}

/// One case.
pub fn get(conn: &mut Conn, id: CaseId) -> Result<Case, StorageError> {
    let row: Option<CaseRow> =
        cases::table.find(id.0).select(columns::<CaseRow>()).fixed(here!()).row(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "cases", id: id.to_string() })?.try_into()
}

/// One case by its reference.
pub fn by_reference(conn: &mut Conn, reference: &Reference) -> Result<Option<Case>, StorageError> {
    let row: Option<CaseRow> = cases::table
        .filter(cases::reference.eq(reference.as_str()))
        .select(columns::<CaseRow>())
        .fixed(here!())
        .row(conn)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

pub(super) fn all(rows: Vec<CaseRow>) -> Result<Vec<Case>, StorageError> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Cases by id, in no particular order.
pub fn get_many(conn: &mut Conn, ids: &[CaseId]) -> Result<Vec<Case>, StorageError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    all(cases::table.filter(cases::id.eq_any(keys)).select(CaseRow::as_select()).load(conn)?)
}

fn confirm_by(state: &CaseState) -> Option<i64> {
    if let CaseState::Unconfirmed(by) = state { Some(by.0) } else { None }
}

pub(super) fn sort_at(state: &CaseState, received_at: Moment) -> i64 {
    match state {
        CaseState::Closed(_, at) => at.0,
        CaseState::Undelivered(u) => (u.at + u.period).0,
        other => other.forwarded().map_or(received_at.0, |f| f.deadline.0),
    }
}

/// Writes a new state; fails when someone else changed the case since it was loaded. The reminder is set to
/// half of the time that is left now; a case nobody was reached for comes before staff after the time to answer.
pub fn set_state(conn: &mut Conn, case: &mut Case, state: CaseState, now: Moment) -> Result<(), StorageError> {
    let target = cases::table.find(case.id.0).filter(cases::version.eq(case.version));
    let always = (
        cases::state.eq(state.code()),
        cases::version.eq(cases::version + 1),
        cases::sort_at.eq(sort_at(&state, case.received_at)),
        cases::confirm_by.eq(confirm_by(&state)),
        cases::reach_until.eq(match &state {
            CaseState::Undelivered(u) => Some((now + u.period).0),
            _ => None,
        }),
    );
    let changed = if let Some(f) = state.forwarded() {
        let remind = matches!(state, CaseState::Awaiting(_)).then(|| reminder_at(f.at.max(now), f.deadline).0);
        let answered = if let CaseState::Answered(_, a) = &state { Some(*a) } else { None };
        case.reached_at = Some(f.at);
        case.reached_letter = f.by;
        let update = diesel::update(target).set((
            always,
            cases::reached_at.eq(f.at.0),
            cases::reached_letter.eq(f.by.map(|l| l.0)),
            cases::deadline.eq(f.deadline.0),
            cases::extended.eq(f.extended),
            cases::remind_at.eq(remind),
            cases::answer.eq(answered.map(|a| a.kind.code())),
            cases::answered_at.eq(answered.map(|a| a.at.0)),
        ));
        wrote_one!(conn, update)?
    } else if let CaseState::Undelivered(u) = &state {
        (case.forwarded_at, case.reached_at, case.reached_letter) = (Some(u.at), None, None);
        case.answer_period = Some(u.period);
        let no_clock = (
            cases::reached_at.eq(None::<i64>),
            cases::reached_letter.eq(None::<i64>),
            cases::deadline.eq(None::<i64>),
            cases::extended.eq(false),
            cases::remind_at.eq(None::<i64>),
        );
        let since =
            (cases::forwarded_at.eq(u.at.0), cases::answer_period.eq(u.period.0), cases::clock_stopped.eq(u.stopped));
        wrote_one!(conn, diesel::update(target).set((always, no_clock, since)))?
    } else if let CaseState::Closed(outcome, at) = &state {
        case.closed_at = Some(*at);
        let ended = (cases::outcome.eq(outcome.code()), cases::closed_at.eq(at.0), cases::remind_at.eq(None::<i64>));
        wrote_one!(conn, diesel::update(target).set((always, ended)))?
    } else {
        wrote_one!(conn, diesel::update(target).set(always))?
    };
    one_row(usize::from(changed), "cases", case.id.0)?;
    case.version += 1;
    case.state = state;
    Ok(())
}

/// Records of a closed case when its customer was reached, or that what had reached the customer came back.
pub fn set_reached(
    conn: &mut Conn,
    case: &mut Case,
    at: Option<Moment>,
    letter: Option<LetterId>,
) -> Result<(), StorageError> {
    let reached = (
        cases::reached_at.eq(at.map(|m| m.0)),
        cases::reached_letter.eq(letter.map(|l| l.0)),
        cases::version.eq(cases::version + 1),
    );
    let target = cases::table.find(case.id.0).filter(cases::version.eq(case.version));
    let changed = diesel::update(target).set(reached).execute(conn)?;
    one_row(changed, "cases", case.id.0)?;
    (case.reached_at, case.reached_letter) = (at, letter);
    case.version += 1;
    Ok(())
}

/// Marks the reminder as sent; returns whether it was still due.
pub fn reminded(conn: &mut Conn, case: CaseId) -> Result<bool, StorageError> {
    let due = cases::table.find(case.0).filter(cases::remind_at.is_not_null());
    Ok(diesel::update(due).set(cases::remind_at.eq(None::<i64>)).execute(conn)? == 1)
}

/// Ties a case to the strike it counts under, or takes it out of the count.
pub fn set_strike(
    conn: &mut Conn,
    case: &mut Case,
    strike: Option<StrikeId>,
    counts: bool,
) -> Result<(), StorageError> {
    diesel::update(cases::table.find(case.id.0))
        .set((cases::strike_id.eq(strike.map(|s| s.0)), cases::counts.eq(counts)))
        .fixed(here!())
        .run(conn)?;
    case.strike_id = strike;
    case.counts = counts;
    Ok(())
}

/// Deadline of the case as stored, also after it closed.
pub fn deadline(conn: &mut Conn, case: CaseId) -> Result<Option<Moment>, StorageError> {
    Ok(cases::table.find(case.0).select(cases::deadline).first::<Option<i64>>(conn)?.map(Moment))
}
