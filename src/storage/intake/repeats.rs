//! Locations that repeat earlier ones, and what becomes of them when those are over.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::domain::base::ids::{CaseId, CustomerId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::domain::material::location_state::LocationState;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{cases, locations};
use crate::storage::material::locations::LocationRow;

/// Locations that repeat some others and were not taken back, in the order they came.
pub fn of_locations(conn: &mut Conn, earlier: &[i64]) -> Result<Vec<LocationRow>, StorageError> {
    let mut found: Vec<LocationRow> = Vec::new();
    for chunk in earlier.chunks(500) {
        let some = locations::table
            .filter(locations::duplicate_of.eq_any(chunk.iter().map(|id| Some(*id))))
            .filter(locations::duplicate_of.is_not_null())
            .filter(locations::state.eq(LocationState::Duplicate.code()))
            .filter(locations::withdrawn_at.is_null());
        found.extend(some.select(LocationRow::as_select()).load::<LocationRow>(conn)?);
    }
    found.sort_unstable_by_key(|row| row.id);
    Ok(found)
}

/// Customers whom a notice concerns: those of its cases, and of the cases that its repeats belong to.
pub fn customers_of_notice(conn: &mut Conn, notice: NoticeId) -> Result<BTreeSet<CustomerId>, StorageError> {
    let own: Vec<i64> =
        cases::table.filter(cases::notice_id.eq(notice.0)).select(cases::customer_id).distinct().load(conn)?;
    let repeated: Vec<Option<i64>> = locations::table
        .filter(locations::notice_id.eq(notice.0))
        .filter(locations::duplicate_of.is_not_null())
        .select(locations::duplicate_of)
        .load(conn)?;
    let mut found: BTreeSet<CustomerId> = own.into_iter().map(CustomerId).collect();
    let repeated: Vec<i64> = repeated.into_iter().flatten().collect();
    for chunk in repeated.chunks(500) {
        let some: Vec<i64> = locations::table
            .inner_join(cases::table.on(locations::case_id.eq(cases::id.nullable())))
            .filter(locations::id.eq_any(chunk))
            .select(cases::customer_id)
            .distinct()
            .load(conn)?;
        found.extend(some.into_iter().map(CustomerId));
    }
    Ok(found)
}

/// Repeats belong to a case of their own from now on.
pub fn lead(conn: &mut Conn, ids: &[i64], case: CaseId, now: Moment) -> Result<(), StorageError> {
    for chunk in ids.chunks(500) {
        let some = locations::table.filter(locations::id.eq_any(chunk));
        diesel::update(some.filter(locations::state.eq(LocationState::Duplicate.code())))
            .set((
                locations::case_id.eq(case.0),
                locations::state.eq(LocationState::Reported.code()),
                locations::state_at.eq(now.0),
                locations::duplicate_of.eq(None::<i64>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// A repeat repeats another location from now on.
pub fn follow(conn: &mut Conn, id: i64, leader: i64) -> Result<(), StorageError> {
    let one = locations::table.find(id).filter(locations::state.eq(LocationState::Duplicate.code()));
    diesel::update(one).set(locations::duplicate_of.eq(leader)).execute(conn)?;
    Ok(())
}
