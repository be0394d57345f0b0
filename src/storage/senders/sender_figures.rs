//! What is counted of a sender's notices, by the month of their receipt, and the grade that follows from it. Proved
//! notices and those that others may have sent in its name are counted apart.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::base::ids::SenderId;
use crate::domain::base::moment::Moment;
use crate::domain::senders::sender::{Grade, MONTHS, SenderCounts, Setting};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, filled, here};
use crate::storage::engine::schema::senders;

/// One query on the table of proved notices, or on that of claims, which has the same columns.
macro_rules! on_table {
    ($proved:expr, |$m:ident| $query:expr) => {
        if $proved {
            use crate::storage::engine::schema::sender_months as $m;
            $query
        } else {
            use crate::storage::engine::schema::sender_claims as $m;
            $query
        }
    };
}

/// Adds to the figures of a sender for a month: of proved notices, or of those sent in its name.
pub(in crate::storage) fn add_to_month(
    conn: &mut Conn,
    id: SenderId,
    (month, proved): (&str, bool),
    by: &SenderCounts,
) -> Result<(), StorageError> {
    Ok(on_table!(proved, |m| {
        // A difference below zero meets a row that is there: what it takes back was counted before it.
        let row = (
            m::sender_id.eq(id.0),
            m::month.eq(month),
            m::sent.eq(by.sent.max(0)),
            m::complete.eq(by.complete.max(0)),
            m::curable.eq(by.curable.max(0)),
            m::defective.eq(by.defective.max(0)),
            m::withdrawn.eq(by.withdrawn.max(0)),
            m::countered.eq(by.countered.max(0)),
            m::unmatched.eq(by.unmatched.max(0)),
            m::duplicate.eq(by.duplicate.max(0)),
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
        let insert = diesel::insert_into(m::table).values(row).on_conflict((m::sender_id, m::month));
        insert.do_update().set(more).prepared().run(conn)
    })?)
}

/// Grades a sender anew.
pub(in crate::storage) fn grade(
    conn: &mut Conn,
    id: SenderId,
    setting: Setting,
    now: Moment,
) -> Result<(), StorageError> {
    let grade = Grade::of(setting, &grading(conn, &[id], now)?.remove(&id).unwrap_or_default());
    diesel::update(senders::table.find(id.0)).set(senders::grade.eq(grade.code())).fixed(here!()).run(conn)?;
    Ok(())
}

/// The figures that senders are graded by: of proved notices, and of those in their name only where none is proved.
pub(in crate::storage) fn grading(
    conn: &mut Conn,
    ids: &[SenderId],
    now: Moment,
) -> Result<HashMap<SenderId, SenderCounts>, StorageError> {
    let mut found = claims_of(conn, ids, now)?;
    found.extend(counts_of(conn, ids, now)?.into_iter().filter(|(_, counts)| counts.sent > 0));
    Ok(found)
}

type MonthRow = (i64, i64, i64, i64, i64, i64, i64, i64, i64);

/// Figures of the proved notices of senders over the last months: one query.
pub fn counts_of(
    conn: &mut Conn,
    ids: &[SenderId],
    now: Moment,
) -> Result<HashMap<SenderId, SenderCounts>, StorageError> {
    sums(conn, ids, now, true)
}

/// Figures of notices that came in the name of senders, without a proof that they are theirs.
pub fn claims_of(
    conn: &mut Conn,
    ids: &[SenderId],
    now: Moment,
) -> Result<HashMap<SenderId, SenderCounts>, StorageError> {
    sums(conn, ids, now, false)
}

fn sums(
    conn: &mut Conn,
    ids: &[SenderId],
    now: Moment,
    proved: bool,
) -> Result<HashMap<SenderId, SenderCounts>, StorageError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<MonthRow> = on_table!(proved, |m| {
        let columns = (
            m::sender_id,
            m::sent,
            m::complete,
            m::curable,
            m::defective,
            m::withdrawn,
            m::countered,
            m::unmatched,
            m::duplicate,
        );
        let some = m::table.filter(m::sender_id.eq_any(filled(&keys)));
        some.filter(m::month.gt(now.month_start(MONTHS).month())).select(columns).prepared().rows(conn)
    })?;
    let mut found: HashMap<SenderId, SenderCounts> = HashMap::new();
    for (id, sent, complete, curable, defective, withdrawn, countered, unmatched, duplicate) in rows {
        let counts = SenderCounts { sent, complete, curable, defective, withdrawn, countered, unmatched, duplicate };
        found.entry(SenderId(id)).or_default().add(&counts);
    }
    Ok(found)
}
