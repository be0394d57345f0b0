//! What is counted of a sender's notices, by the month of their receipt, and the grade that follows from it.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::prepared::{Prepared, filled, here};
use super::schema::{sender_months, senders};
use crate::domain::ids::SenderId;
use crate::domain::moment::Moment;
use crate::domain::sender::{Grade, MONTHS, SenderCounts, Setting};

/// Adds to the figures of a sender for a month.
pub(super) fn add_to_month(conn: &mut Conn, id: SenderId, month: &str, by: &SenderCounts) -> Result<(), StorageError> {
    use sender_months as m;
    let row = (
        m::sender_id.eq(id.0),
        m::month.eq(month),
        m::sent.eq(by.sent),
        m::complete.eq(by.complete),
        m::curable.eq(by.curable),
        m::defective.eq(by.defective),
        m::withdrawn.eq(by.withdrawn),
        m::countered.eq(by.countered),
        m::unmatched.eq(by.unmatched),
        m::duplicate.eq(by.duplicate),
    );
    let more = (
        m::sent.eq(m::sent + by.sent),
        m::complete.eq(m::complete + by.complete),
        m::curable.eq(m::curable + by.curable),
        m::defective.eq(m::defective + by.defective),
        m::withdrawn.eq(m::withdrawn + by.withdrawn),
        m::countered.eq(m::countered + by.countered),
        m::unmatched.eq(m::unmatched + by.unmatched),
        m::duplicate.eq(m::duplicate + by.duplicate),
    );
    diesel::insert_into(m::table)
        .values(row)
        .on_conflict((m::sender_id, m::month))
        .do_update()
        .set(more)
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

/// Grades a sender anew.
pub(super) fn grade(conn: &mut Conn, id: SenderId, setting: Setting, now: Moment) -> Result<(), StorageError> {
    let counts = counts_of(conn, &[id], now)?.remove(&id).unwrap_or_default();
    let grade = Grade::of(setting, &counts);
    diesel::update(senders::table.find(id.0)).set(senders::grade.eq(grade.code())).fixed(here!()).run(conn)?;
    Ok(())
}

type MonthRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64);

/// Figures of senders over the last months: one query.
pub fn counts_of(
    conn: &mut Conn,
    ids: &[SenderId],
    now: Moment,
) -> Result<HashMap<SenderId, SenderCounts>, StorageError> {
    use sender_months as m;
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<MonthRow> = m::table
        .filter(m::sender_id.eq_any(filled(&keys)))
        .filter(m::month.gt(now.month_start(MONTHS).month()))
        .select((
            m::sender_id,
            m::sent,
            m::complete,
            m::curable,
            m::defective,
            m::withdrawn,
            m::countered,
            m::unmatched,
            m::duplicate,
        ))
        .prepared()
        .rows(conn)?;
    let mut found: HashMap<SenderId, SenderCounts> = HashMap::new();
    for (id, sent, complete, curable, defective, withdrawn, countered, unmatched, duplicate) in rows {
        let counts = SenderCounts { sent, complete, curable, defective, withdrawn, countered, unmatched, duplicate };
        found.entry(SenderId(id)).or_default().add(&counts);
    }
    Ok(found)
}
