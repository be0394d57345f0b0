//! How many customers of each segment have how many active strikes: kept with the customers, so that a page costs what it
//! shows and not what it counts.

use diesel::prelude::*;

use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::strike_counts;

/// Where a customer is counted: segment and active strikes. Nobody is counted without a strike.
pub(in crate::storage) type Place<'a> = (&'a str, i32);

/// Counts a customer at another place than before; the caller holds the customer's row.
pub(in crate::storage) fn moved(conn: &mut Conn, from: Place<'_>, to: Place<'_>) -> Result<(), StorageError> {
    if from == to {
        return Ok(());
    }
    let mut steps = [(from, -1_i64), (to, 1)];
    // In the same order whoever moves: two at a time must not wait for each other.
    steps.sort_unstable();
    for ((segment, strikes), by) in steps.into_iter().filter(|((_, strikes), _)| *strikes > 0) {
        let more = strike_counts::accounts.eq(strike_counts::accounts + by);
        if by < 0 {
            diesel::update(strike_counts::table.find((segment, strikes))).set(more).fixed(here!()).run(conn)?;
            continue;
        }
        diesel::insert_into(strike_counts::table)
            .values((
                strike_counts::segment.eq(segment),
                strike_counts::strikes.eq(strikes),
                strike_counts::accounts.eq(by),
            ))
            .on_conflict((strike_counts::segment, strike_counts::strikes))
            .do_update()
            .set(more)
            .fixed(here!())
            .run(conn)?;
    }
    Ok(())
}

/// How many customers have each number of active strikes, by segment.
pub fn all(conn: &mut Conn) -> Result<Vec<(String, u32, i64)>, StorageError> {
    let rows: Vec<(String, i32, i64)> = strike_counts::table
        .filter(strike_counts::accounts.gt(0))
        .order((strike_counts::strikes, strike_counts::segment))
        .load(conn)?;
    Ok(rows.into_iter().map(|(segment, strikes, n)| (segment, u32::try_from(strikes).unwrap_or(0), n)).collect())
}
