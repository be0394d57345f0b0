//! Monthly figures of the transparency report, rebuilt by a job from the records staff work in.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::{Conn, per_backend};
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{cases, counter_notices, decisions, figures, notices, withdrawals};

/// Month under which the time of the last rebuild is kept.
const META: &str = "";

/// Recounts one month: notices by class, cases by outcome and state, answers, decisions.
pub fn rebuild_month(conn: &mut Conn, from: Moment, until: Moment) -> Result<(), StorageError> {
    let month = from.month();
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    let by_class: Vec<(String, i64)> = notices::table
        .filter(notices::received_at.ge(from.0))
        .filter(notices::received_at.lt(until.0))
        .group_by(notices::class)
        .select((notices::class, diesel::dsl::count_star()))
        .load(conn)?;
    let not_hosted: i64 = notices::table
        .filter(notices::received_at.ge(from.0))
        .filter(notices::received_at.lt(until.0))
        .filter(notices::class.eq("complete"))
        .filter(notices::hosted.eq(0))
        .count()
        .get_result(conn)?;
    counted.extend(by_class.into_iter().map(|(class, n)| (format!("notices.{class}"), n)));
    counted.insert("notices.not_hosted".to_owned(), not_hosted);
    for (downstream, state, outcome, n) in cases_by_outcome(conn, from, until)? {
        // Cases of downstream providers are of their customers, and counted apart.
        let group = if downstream { "downstream" } else { "cases" };
        *counted.entry(format!("{group}.{}", outcome.unwrap_or(state))).or_default() += n;
    }
    count_disputes(conn, from, until, &mut counted)?;
    for (kind, n) in decisions_by_kind(conn, from, until)? {
        counted.insert(format!("decisions.{kind}"), n);
    }
    diesel::delete(figures::table.filter(figures::month.eq(&month))).execute(conn)?;
    for (figure, value) in counted {
        put(conn, &month, &figure, value)?;
    }
    Ok(())
}

/// Whether of a downstream provider, state, outcome, how many.
type OutcomeRow = (bool, String, Option<String>, i64);

fn cases_by_outcome(conn: &mut Conn, from: Moment, until: Moment) -> Result<Vec<OutcomeRow>, StorageError> {
    Ok(cases::table
        .filter(cases::received_at.ge(from.0))
        .filter(cases::received_at.lt(until.0))
        .group_by((cases::downstream, cases::state, cases::outcome))
        .select((cases::downstream, cases::state, cases::outcome, diesel::dsl::count_star()))
        .load(conn)?)
}

/// What the two sides did afterwards, by the month in which they did it; repeats by the month of receipt.
fn count_disputes(
    conn: &mut Conn,
    from: Moment,
    until: Moment,
    counted: &mut BTreeMap<String, i64>,
) -> Result<(), StorageError> {
    let repeats: i64 = notices::table
        .filter(notices::received_at.ge(from.0))
        .filter(notices::received_at.lt(until.0))
        .filter(notices::duplicate_of.is_not_null())
        .count()
        .get_result(conn)?;
    let withdrawn: i64 = withdrawals::table
        .filter(withdrawals::at.ge(from.0))
        .filter(withdrawals::at.lt(until.0))
        .count()
        .get_result(conn)?;
    let by_state: Vec<(String, i64)> = counter_notices::table
        .filter(counter_notices::received_at.ge(from.0))
        .filter(counter_notices::received_at.lt(until.0))
        .group_by(counter_notices::state)
        .select((counter_notices::state, diesel::dsl::count_star()))
        .load(conn)?;
    counted.insert("notices.repeats".to_owned(), repeats);
    counted.insert("withdrawals".to_owned(), withdrawn);
    counted.insert("counter_notices".to_owned(), by_state.iter().map(|(_, n)| n).sum());
    counted.extend(by_state.into_iter().map(|(state, n)| (format!("counter_notices.{state}"), n)));
    Ok(())
}

fn decisions_by_kind(conn: &mut Conn, from: Moment, until: Moment) -> Result<Vec<(String, i64)>, StorageError> {
    Ok(decisions::table
        .filter(decisions::state.eq("effective"))
        .filter(decisions::second_at.ge(from.0))
        .filter(decisions::second_at.lt(until.0))
        .group_by(decisions::kind)
        .select((decisions::kind, diesel::dsl::count_star()))
        .load(conn)?)
}

fn put(conn: &mut Conn, month: &str, figure: &str, value: i64) -> Result<(), StorageError> {
    let row = (figures::month.eq(month), figures::figure.eq(figure), figures::value.eq(value));
    per_backend!(conn, |c| diesel::insert_into(figures::table)
        .values(row)
        .on_conflict((figures::month, figures::figure))
        .do_update()
        .set(figures::value.eq(value))
        .execute(c))?;
    Ok(())
}

/// Remembers when the figures were last rebuilt.
pub fn set_rebuilt(conn: &mut Conn, now: Moment) -> Result<(), StorageError> {
    put(conn, META, "rebuilt_at", now.0)
}

/// When the figures were last rebuilt.
pub fn rebuilt_at(conn: &mut Conn) -> Result<Option<Moment>, StorageError> {
    let at: Option<i64> = figures::table.find((META, "rebuilt_at")).select(figures::value).first(conn).optional()?;
    Ok(at.map(Moment))
}

/// Figures of the months from one on, by month and name.
pub fn since(conn: &mut Conn, month: &str) -> Result<BTreeMap<String, BTreeMap<String, i64>>, StorageError> {
    let rows: Vec<(String, String, i64)> =
        figures::table.filter(figures::month.ge(month)).filter(figures::month.ne(META)).load(conn)?;
    let mut months: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (month, figure, value) in rows {
        months.entry(month).or_default().insert(figure, value);
    }
    Ok(months)
}
