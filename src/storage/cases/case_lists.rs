//! Lists of cases, each served by an index, and what is counted over them.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::case_rows::{Case, CaseRow, all, sort_at};
use crate::domain::base::ids::{CaseId, CustomerId, NoticeId, StrikeId};
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::{cases, locations};

/// Cases of one notice (at most `limit`).
pub fn of_notice(conn: &mut Conn, notice: NoticeId, limit: i64) -> Result<Vec<Case>, StorageError> {
    all(cases::table
        .filter(cases::notice_id.eq(notice.0))
        .order(cases::id)
        .limit(limit)
        .select(CaseRow::as_select())
        .load(conn)?)
}

/// Cases of one customer, newest first, before a row number.
pub fn of_customer(
    conn: &mut Conn,
    customer: CustomerId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Case>, StorageError> {
    all(cases::table
        .filter(cases::customer_id.eq(customer.0))
        .filter(cases::id.lt(before.unwrap_or(i64::MAX)))
        .order(cases::id.desc())
        .limit(limit)
        .select(CaseRow::as_select())
        .load(conn)?)
}

/// Cases by row number, newest first, before one.
pub fn newest(conn: &mut Conn, before: Option<i64>, limit: i64) -> Result<Vec<Case>, StorageError> {
    all(cases::table
        .filter(cases::id.lt(before.unwrap_or(i64::MAX)))
        .order(cases::id.desc())
        .limit(limit)
        .select(CaseRow::as_select())
        .load(conn)?)
}

/// Place in a list sorted by urgency: a time and a row number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub i64, pub i64);

/// Cases in a state, most urgent first (deadline, or receipt where there is none yet).
pub fn in_state(
    conn: &mut Conn,
    state: &str,
    segment: Option<&str>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Case>, StorageError> {
    let mut query = cases::table.filter(cases::state.eq(state)).into_boxed();
    if let Some(segment) = segment {
        query = query.filter(cases::segment.eq(segment.to_owned()));
    }
    if let Some(Place(at, id)) = after {
        query = query
            .filter(cases::sort_at.ge(at))
            .filter(cases::sort_at.gt(at).or(cases::sort_at.eq(at).and(cases::id.gt(id))));
    }
    all(query.order((cases::sort_at, cases::id)).limit(limit).select(CaseRow::as_select()).load(conn)?)
}

/// Where a case stands in [`in_state`].
pub fn place(case: &Case) -> Place {
    Place(sort_at(&case.state, case.received_at), case.id.0)
}

/// How many cases are in a state, counted up to `limit`.
pub fn count_in_state(conn: &mut Conn, state: &str, limit: i64) -> Result<i64, StorageError> {
    let some: Vec<i64> = cases::table.filter(cases::state.eq(state)).limit(limit).select(cases::id).load(conn)?;
    Ok(i64::try_from(some.len()).unwrap_or(limit))
}

/// Requests that nobody has confirmed, as the index of the same name has them. Written out, because a condition with
/// bound values would not be seen to be that of the index.
const REQUESTED: &str = "locations.state IN ('disable_requested', 'restore_requested')";

/// Cases under which the host was asked to disable or restore access and has not confirmed it, by row number, after
/// one. In a closed case nothing more is disabled.
pub fn requested(conn: &mut Conn, after: Option<i64>, limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let waits = locations::state.eq("restore_requested").or(cases::state.ne("closed"));
    let ids: Vec<i64> = locations::table
        .inner_join(cases::table.on(locations::case_id.eq(cases::id.nullable())))
        .filter(sql::<Bool>(REQUESTED))
        .filter(locations::case_id.gt(after.unwrap_or(i64::MIN)))
        .filter(waits)
        .order(cases::id)
        .select(cases::id)
        .distinct()
        .limit(limit)
        .load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// How many there are, counted up to `limit`.
pub fn count_requested(conn: &mut Conn, limit: i64) -> Result<i64, StorageError> {
    Ok(i64::try_from(requested(conn, None, limit)?.len()).unwrap_or(limit))
}

/// Where a case stands, in one word: its state, and how it ended where it has.
pub fn stands(conn: &mut Conn, case: CaseId) -> Result<String, StorageError> {
    let columns = (cases::state, cases::outcome);
    let (state, outcome): (String, Option<String>) =
        cases::table.find(case.0).select(columns).fixed(here!()).row(conn)?;
    Ok(standing_word(&state, outcome.as_deref()))
}

/// The word for a state and an outcome. The outcome of a case that was opened again is of before.
pub(in crate::storage) fn standing_word(state: &str, outcome: Option<&str>) -> String {
    match outcome {
        Some(outcome) if state == "closed" => format!("closed {outcome}"),
        _ => state.to_owned(),
    }
}

/// Another case that counts under a strike, the oldest.
pub fn another_of_strike(conn: &mut Conn, strike: StrikeId, than: CaseId) -> Result<Option<CaseId>, StorageError> {
    let id: Option<i64> = cases::table
        .filter(cases::strike_id.eq(strike.0))
        .filter(cases::id.ne(than.0))
        .filter(cases::counts.eq(true))
        .order(cases::id)
        .select(cases::id)
        .first(conn)
        .optional()?;
    Ok(id.map(CaseId))
}

/// Cases whose deadline passed in silence, open or ended since. One that staff ended before its deadline is none:
/// the customer still had time.
macro_rules! silent {
    () => {{
        let ended_after_silence =
            cases::outcome.eq_any(["disabled", "removed"]).and(cases::closed_at.ge(cases::deadline)).assume_not_null();
        cases::table
            .filter(cases::forwarded_at.is_not_null())
            .filter(cases::answer.is_null())
            .filter(cases::state.eq("unanswered").or(ended_after_silence))
    }};
}

/// How many cases of a customer received since a moment passed their deadline in silence.
pub fn unanswered_since(conn: &mut Conn, customer: CustomerId, since: Moment) -> Result<u32, StorageError> {
    let n: i64 = silent!()
        .filter(cases::customer_id.eq(customer.0))
        .filter(cases::received_at.ge(since.0))
        .count()
        .get_result(conn)?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Whether the deadline of a case passed in silence.
pub fn was_silent(conn: &mut Conn, case: CaseId) -> Result<bool, StorageError> {
    let silent = silent!().filter(cases::id.eq(case.0));
    Ok(diesel::select(diesel::dsl::exists(silent)).get_result(conn)?)
}
