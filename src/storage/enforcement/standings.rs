//! Figures and lists for the repeat-infringer page.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::standing::Standing;
use crate::storage::customers::{Customer, CustomerRow};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{customers, strikes};

/// What the table is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub segment: Option<String>,
    /// Only these segments, or all but these.
    pub segments: Vec<String>,
    pub all_but: bool,
    pub standing: Option<Standing>,
    pub at_least: u32,
}

/// Customers by active strikes, most first, after a place (strikes, row number).
pub fn by_strikes(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<(u32, i64)>,
    limit: i64,
) -> Result<Vec<Customer>, StorageError> {
    let least = i32::try_from(filter.at_least.max(1)).unwrap_or(i32::MAX);
    let mut query = customers::table
        .filter(customers::active_strikes.gt(0))
        .filter(customers::active_strikes.ge(least))
        .into_boxed();
    if let Some(segment) = &filter.segment {
        query = query.filter(customers::segment.eq(segment.clone()));
    }
    if filter.segment.is_none() && !filter.segments.is_empty() {
        let segments = filter.segments.clone();
        query = if filter.all_but {
            query.filter(customers::segment.ne_all(segments))
        } else {
            query.filter(customers::segment.eq_any(segments))
        };
    }
    if let Some(standing) = filter.standing {
        query = query.filter(customers::standing.eq(standing.code()));
    }
    if let Some((strikes, id)) = after {
        let strikes = i32::try_from(strikes).unwrap_or(i32::MAX);
        let later =
            customers::active_strikes.lt(strikes).or(customers::active_strikes.eq(strikes).and(customers::id.gt(id)));
        query = query.filter(customers::active_strikes.le(strikes)).filter(later);
    }
    let rows: Vec<CustomerRow> = query
        .order((customers::active_strikes.desc(), customers::id))
        .limit(limit)
        .select(CustomerRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Customers in a standing, counted up to `limit`.
pub fn count_in(conn: &mut Conn, standing: Standing, limit: i64) -> Result<i64, StorageError> {
    let some: Vec<i64> = customers::table
        .filter(customers::standing.eq(standing.code()))
        .limit(limit)
        .select(customers::id)
        .load(conn)?;
    Ok(i64::try_from(some.len()).unwrap_or(limit))
}

/// Times of receipt of the strikes of some customers since a moment: for the sparklines, one query.
pub fn strike_times(
    conn: &mut Conn,
    of: &[CustomerId],
    since: Moment,
) -> Result<HashMap<CustomerId, Vec<Moment>>, StorageError> {
    let keys: Vec<i64> = of.iter().map(|c| c.0).collect();
    let rows: Vec<(i64, i64)> = strikes::table
        .filter(strikes::customer_id.eq_any(keys))
        .filter(strikes::received_at.ge(since.0))
        .select((strikes::customer_id, strikes::received_at))
        .load(conn)?;
    let mut times: HashMap<CustomerId, Vec<Moment>> = HashMap::new();
    for (customer, at) in rows {
        times.entry(CustomerId(customer)).or_default().push(Moment(at));
    }
    Ok(times)
}

/// Whether there is any customer.
pub fn any_customer(conn: &mut Conn) -> Result<bool, StorageError> {
    Ok(diesel::select(diesel::dsl::exists(customers::table.select(customers::id).limit(1))).get_result(conn)?)
}
