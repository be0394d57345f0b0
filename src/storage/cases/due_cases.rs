//! Cases that a timer has to look at, each list served by its own index.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::reviews::ReviewKind;
use crate::domain::base::ids::{CaseId, CustomerId, LetterId};
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{cases, reviews};

/// Cases that wait to be forwarded.
pub fn to_forward(conn: &mut Conn, limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let ids: Vec<i64> = cases::table
        .filter(cases::state.eq("received"))
        .filter(cases::confirm_by.is_null())
        .order((cases::sort_at, cases::id))
        .limit(limit)
        .select(cases::id)
        .load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// Cases whose sender has not confirmed the email address in time.
pub fn unconfirmed(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let ids: Vec<i64> = cases::table
        .filter(cases::confirm_by.le(now.0))
        .order(cases::confirm_by)
        .limit(limit)
        .select(cases::id)
        .load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// Cases for which nobody has been reached in the time to answer, and that staff have not been told of.
pub fn to_reach(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let ids: Vec<i64> = cases::table
        .filter(cases::reach_until.le(now.0))
        .order(cases::reach_until)
        .limit(limit)
        .select(cases::id)
        .load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// Staff are told of a case nobody was reached for; returns whether they were not yet.
pub fn reach_no_more(conn: &mut Conn, case: CaseId) -> Result<bool, StorageError> {
    let waiting = cases::table.find(case.0).filter(cases::reach_until.is_not_null());
    Ok(diesel::update(waiting).set(cases::reach_until.eq(None::<i64>)).execute(conn)? == 1)
}

/// Cases of some customers for which nobody has been reached.
pub fn not_reached_of(conn: &mut Conn, customers: &[CustomerId]) -> Result<Vec<CaseId>, StorageError> {
    let mut ids: Vec<i64> = Vec::new();
    for some in customers.chunks(512) {
        let keys: Vec<i64> = some.iter().map(|c| c.0).collect();
        let theirs = cases::table
            .filter(cases::customer_id.eq_any(keys))
            // In the words of the index, which has these alone.
            .filter(sql::<Bool>("cases.state = 'forwarded'"))
            .order((cases::customer_id, cases::id))
            .select(cases::id);
        ids.extend(theirs.load::<i64>(conn)?);
    }
    Ok(ids.into_iter().map(CaseId).collect())
}

/// Cases whose reminder is due.
pub fn to_remind(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let ids: Vec<i64> = cases::table
        .filter(cases::remind_at.le(now.0))
        .order(cases::remind_at)
        .limit(limit)
        .select(cases::id)
        .load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// Whether the deadline of a case waits for a person: an open review says that the letter that started it may have come
/// back.
pub fn letter_doubted(conn: &mut Conn, letter: LetterId) -> Result<bool, StorageError> {
    let open = reviews::table
        .filter(reviews::letter_id.eq(letter.0))
        .filter(reviews::done_at.is_null())
        .filter(reviews::kind.eq(ReviewKind::BounceClaimed.code()));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

/// Cases whose deadline has passed and that the deadline changes: silent ones whose letter is not doubted, and answers
/// that close.
pub fn past_deadline(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let mut ids: Vec<i64> = Vec::new();
    for state in ["awaiting", "answered"] {
        let mut query = cases::table.filter(cases::state.eq(state)).filter(cases::sort_at.le(now.0)).into_boxed();
        let doubts = reviews::table
            .filter(reviews::letter_id.eq(cases::reached_letter))
            .filter(reviews::done_at.is_null())
            .filter(reviews::kind.eq(ReviewKind::BounceClaimed.code()));
        query = match state {
            "answered" => query.filter(cases::answer.eq("removed")),
            _ => query.filter(not(exists(doubts))),
        };
        ids.extend(query.order((cases::sort_at, cases::id)).limit(limit).select(cases::id).load::<i64>(conn)?);
    }
    Ok(ids.into_iter().map(CaseId).collect())
}
