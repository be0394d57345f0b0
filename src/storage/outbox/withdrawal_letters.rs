//! Withdrawals that are told together, to a customer for each case and to the complaining party for each notice.

use diesel::prelude::*;

use crate::domain::base::ids::{CaseId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{locations, withdrawal_letters as w};
use crate::storage::material::locations::LocationRow;

/// What is to be told about a case, or about a notice where there is no case.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = w)]
pub struct Pending {
    pub id: i64,
    pub notice_id: i64,
    pub case_id: Option<i64>,
    due_at: Option<i64>,
    told_at: Option<i64>,
    told_through: i64,
    returning_count: i64,
    held_count: i64,
    /// The case counted as a strike before something of it was taken back.
    pub had_strike: bool,
}

impl Pending {
    /// When it is to be told.
    pub fn due_at(&self) -> Option<Moment> {
        self.due_at.map(Moment)
    }
    /// When something of it was told last.
    pub fn told_at(&self) -> Option<Moment> {
        self.told_at.map(Moment)
    }
    /// Addresses to which access returns.
    pub fn returning(&self) -> usize {
        usize::try_from(self.returning_count).unwrap_or(0)
    }
    /// Addresses that another notice keeps disabled.
    pub fn held(&self) -> usize {
        usize::try_from(self.held_count).unwrap_or(0)
    }
}

/// What is added by a withdrawal.
#[derive(Clone, Copy, Debug, Default)]
pub struct More {
    pub returning: usize,
    pub held: usize,
    pub had_strike: bool,
}

fn find(conn: &mut Conn, notice: NoticeId, case: Option<CaseId>) -> Result<Option<Pending>, StorageError> {
    let row = if let Some(case) = case {
        w::table.filter(w::case_id.eq(case.0)).select(Pending::as_select()).first(conn)
    } else {
        let own = w::table.filter(w::notice_id.eq(notice.0)).filter(w::case_id.is_null());
        own.select(Pending::as_select()).first(conn)
    };
    Ok(row.optional()?)
}

/// The row of a case or notice; a new one where nothing was taken back before this withdrawal. The caller holds what keeps
/// a second withdrawal of the same notice away.
pub fn of(conn: &mut Conn, notice: NoticeId, case: Option<CaseId>, withdrawal: i64) -> Result<Pending, StorageError> {
    if let Some(known) = find(conn, notice, case)? {
        return Ok(known);
    }
    let row = (
        w::notice_id.eq(notice.0),
        w::case_id.eq(case.map(|c| c.0)),
        w::told_through.eq(withdrawal - 1),
        w::returning_count.eq(0_i64),
        w::held_count.eq(0_i64),
        w::had_strike.eq(false),
    );
    diesel::insert_into(w::table).values(row).execute(conn)?;
    find(conn, notice, case)?
        .ok_or_else(|| StorageError::NotFound { table: "withdrawal_letters", id: notice.to_string() })
}

/// Adds to what is to be told, and sets when.
pub fn add(conn: &mut Conn, row: &Pending, more: More, due: Moment) -> Result<(), StorageError> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    diesel::update(w::table.find(row.id))
        .set((
            w::due_at.eq(due.0),
            w::returning_count.eq(w::returning_count + count(more.returning)),
            w::held_count.eq(w::held_count + count(more.held)),
            w::had_strike.eq(row.had_strike || more.had_strike),
        ))
        .execute(conn)?;
    Ok(())
}

/// What is due by now.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<i64>, StorageError> {
    let due = w::table.filter(w::due_at.le(now.0)).order(w::due_at).limit(limit);
    Ok(due.select(w::id).load(conn)?)
}

/// One row.
pub fn get(conn: &mut Conn, id: i64) -> Result<Pending, StorageError> {
    let row = w::table.find(id).select(Pending::as_select()).first(conn).optional()?;
    row.ok_or_else(|| StorageError::NotFound { table: "withdrawal_letters", id: id.to_string() })
}

/// Locations that were taken back and are not told yet, in order.
pub fn untold(conn: &mut Conn, row: &Pending) -> Result<Vec<LocationRow>, StorageError> {
    let new = locations::withdrawal_id.gt(row.told_through);
    if let Some(case) = row.case_id {
        let of_case = locations::table.filter(locations::case_id.eq(case)).filter(new);
        return Ok(of_case.order(locations::position).select(LocationRow::as_select()).load(conn)?);
    }
    let of_notice = locations::table.filter(locations::notice_id.eq(row.notice_id)).filter(new);
    Ok(of_notice.order(locations::position).select(LocationRow::as_select()).load(conn)?)
}

/// All of it is told; a conflict where somebody else told it, or more was taken back since it was read.
pub fn told(conn: &mut Conn, row: &Pending, through: i64, now: Moment) -> Result<(), StorageError> {
    let same = w::table.find(row.id).filter(w::due_at.is_not_null()).filter(w::told_through.eq(row.told_through));
    let same = same.filter(w::returning_count.eq(row.returning_count)).filter(w::held_count.eq(row.held_count));
    let changed = diesel::update(same)
        .set((
            w::due_at.eq(None::<i64>),
            w::told_at.eq(now.0),
            w::told_through.eq(through),
            w::returning_count.eq(0_i64),
            w::held_count.eq(0_i64),
            w::had_strike.eq(false),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict { table: "withdrawal_letters", id: row.id }) }
}
