//! A clock that is not believed, for other programs and for staff to see, and what a person says about it.

use diesel::prelude::*;

use super::connection::{Conn, per_backend};
use super::error::StorageError;
use super::schema::{clock_doubts, events};
use crate::domain::base::moment::{Moment, Span};

/// What is known of a clock that is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDoubt {
    /// How far it is ahead; negative: behind.
    pub off: Span,
    /// What it showed then.
    pub seen_at: Moment,
    /// Who says that it is right.
    pub confirmed_by: Option<String>,
}

/// The one row.
const ROW: i64 = 1;

/// When the newest event was recorded.
pub fn newest_event(conn: &mut Conn) -> Result<Option<Moment>, StorageError> {
    let at: Option<i64> = events::table.order(events::id.desc()).select(events::at).first(conn).optional()?;
    Ok(at.map(Moment))
}

/// The doubt there is.
pub fn read(conn: &mut Conn) -> Result<Option<StoredDoubt>, StorageError> {
    let columns = (clock_doubts::off, clock_doubts::seen_at, clock_doubts::confirmed_by);
    let row: Option<(i64, i64, Option<String>)> =
        clock_doubts::table.find(ROW).select(columns).first(conn).optional()?;
    Ok(row.map(|(off, seen_at, confirmed_by)| StoredDoubt { off: Span(off), seen_at: Moment(seen_at), confirmed_by }))
}

/// The clock is doubted from now on.
pub fn begin(conn: &mut Conn, off: Span, seen_at: Moment) -> Result<(), StorageError> {
    let row = (clock_doubts::id.eq(ROW), clock_doubts::off.eq(off.0), clock_doubts::seen_at.eq(seen_at.0));
    end(conn)?;
    per_backend!(&mut *conn, |c| diesel::insert_into(clock_doubts::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The clock is believed again.
pub fn end(conn: &mut Conn) -> Result<(), StorageError> {
    diesel::delete(clock_doubts::table.find(ROW)).execute(conn)?;
    Ok(())
}

/// A person says that the clock is right; returns whether it was doubted.
pub fn confirm(conn: &mut Conn, by: &str) -> Result<bool, StorageError> {
    let row = clock_doubts::table.find(ROW).filter(clock_doubts::confirmed_by.is_null());
    Ok(diesel::update(row).set(clock_doubts::confirmed_by.eq(by)).execute(conn)? == 1)
}
