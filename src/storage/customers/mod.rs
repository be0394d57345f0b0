//! Customers: accounts at the host.

pub mod assets;
pub mod contacts;

use std::collections::{BTreeSet, HashMap};

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::enforcement::strike_counts;
use super::engine::connection::Conn;
use super::engine::error::{StorageError, one_row};
use super::engine::prepared::insert_all;
use super::engine::prepared::{Prepared, columns, filled, here};
use super::engine::schema::customers;
use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::standing::Standing;

/// An account at the host.
#[derive(Clone, Debug)]
pub struct Customer {
    pub id: CustomerId,
    pub external_id: String,
    pub name: String,
    pub segment: String,
    pub standing: Standing,
    pub standing_since: Moment,
    /// Has been warned by a decision at some time.
    pub warned: bool,
    pub active_strikes: u32,
    pub total_strikes: u32,
    pub last_strike_at: Option<Moment>,
    pub cases: u32,
    pub unanswered: u32,
    pub created_at: Moment,
    version: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = customers)]
pub(super) struct CustomerRow {
    id: i64,
    external_id: String,
    name: String,
    segment: String,
    standing: String,
    standing_since: i64,
    warned: bool,
    active_strikes: i32,
    total_strikes: i32,
    last_strike_at: Option<i64>,
    #[diesel(select_expression = cases_so_far(), select_expression_type = SqlLiteral<Integer>)]
    cases: i32,
    unanswered: i32,
    created_at: i64,
    version: i64,
}

/// Of a customer in a query: the number of the newest case among theirs, which is how many there are. A count kept on
/// the customer would be written with each case, and cost a page that is met by chance.
fn cases_so_far() -> SqlLiteral<Integer> {
    sql("COALESCE((SELECT ordinal FROM cases WHERE customer_id = customers.id ORDER BY id DESC LIMIT 1), 0)")
}

impl TryFrom<CustomerRow> for Customer {
    type Error = StorageError;
    fn try_from(row: CustomerRow) -> Result<Self, StorageError> {
        let count = |n: i32| u32::try_from(n).unwrap_or(0);
        Ok(Self {
            id: CustomerId(row.id),
            standing: row.standing.parse().map_err(|()| StorageError::corrupt("customers", "standing", row.id))?,
            external_id: row.external_id,
            name: row.name,
            segment: row.segment,
            standing_since: Moment(row.standing_since),
            warned: row.warned,
            active_strikes: count(row.active_strikes),
            total_strikes: count(row.total_strikes),
            last_strike_at: row.last_strike_at.map(Moment),
            cases: count(row.cases),
            unanswered: count(row.unanswered),
            created_at: Moment(row.created_at),
            version: row.version,
        })
    }
}

/// Loads one customer.
pub fn get(conn: &mut Conn, id: CustomerId) -> Result<Customer, StorageError> {
    row(conn, id)?.ok_or(StorageError::NotFound { table: "customers", id: id.to_string() })
}

fn row(conn: &mut Conn, id: CustomerId) -> Result<Option<Customer>, StorageError> {
    let row: Option<CustomerRow> =
        customers::table.find(id.0).select(columns::<CustomerRow>()).fixed(here!()).row(conn).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Loads several customers, in no particular order.
pub fn get_many(conn: &mut Conn, ids: &[CustomerId]) -> Result<Vec<Customer>, StorageError> {
    // Most often it is one; PostgreSQL plans a list anew each time.
    if let [one] = ids {
        return Ok(row(conn, *one)?.into_iter().collect());
    }
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let keys: Vec<i64> = chunk.iter().map(|id| id.0).collect();
        let rows: Vec<CustomerRow> = customers::table
            .filter(customers::id.eq_any(filled(&keys)))
            .select(columns::<CustomerRow>())
            .prepared()
            .rows(conn)?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// Finds a customer by the host's own account number.
pub fn by_external_id(conn: &mut Conn, external_id: &str) -> Result<Option<Customer>, StorageError> {
    let row: Option<CustomerRow> = customers::table
        .filter(customers::external_id.eq(external_id))
        .select(columns::<CustomerRow>())
        .fixed(here!())
        .row(conn)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Customers by their account numbers, in no particular order.
pub fn by_external_ids(conn: &mut Conn, external_ids: &[&str]) -> Result<Vec<Customer>, StorageError> {
    let mut found = Vec::with_capacity(external_ids.len());
    for some in external_ids.chunks(512) {
        let theirs = customers::table.filter(customers::external_id.eq_any(filled(some)));
        for row in theirs.select(columns::<CustomerRow>()).prepared().rows::<CustomerRow>(conn)? {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// Numbers at the host of customers by ours.
pub fn external_ids(conn: &mut Conn, ids: BTreeSet<CustomerId>) -> Result<HashMap<CustomerId, String>, StorageError> {
    let ids: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(512) {
        let rows: Vec<(i64, String)> = customers::table
            .filter(customers::id.eq_any(some))
            .select((customers::id, customers::external_id))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(id, external_id)| (CustomerId(id), external_id)));
    }
    Ok(found)
}

/// Customers in the order they were added, after a row number.
pub fn list(conn: &mut Conn, after: Option<i64>, limit: i64) -> Result<Vec<Customer>, StorageError> {
    let rows: Vec<CustomerRow> = customers::table
        .filter(customers::id.gt(after.unwrap_or(i64::MIN)))
        .order(customers::id)
        .limit(limit)
        .select(CustomerRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// An account as the host's systems know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PutAccount<'a> {
    pub external_id: &'a str,
    pub name: &'a str,
    pub segment: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = customers)]
struct NewCustomer<'a> {
    external_id: &'a str,
    name: &'a str,
    name_key: String,
    segment: &'a str,
    standing: &'static str,
    standing_since: i64,
    warned: bool,
    active_strikes: i32,
    total_strikes: i32,
    unanswered: i32,
    created_at: i64,
    version: i64,
}

impl<'a> NewCustomer<'a> {
    /// One in good standing.
    fn new(put: &PutAccount<'a>, now: Moment) -> Self {
        Self {
            external_id: put.external_id,
            name: put.name,
            name_key: put.name.to_lowercase(),
            segment: put.segment,
            standing: Standing::Good.code(),
            standing_since: now.0,
            warned: false,
            active_strikes: 0,
            total_strikes: 0,
            unanswered: 0,
            created_at: now.0,
            version: 0,
        }
    }
}

/// Adds customers in good standing.
pub fn insert(conn: &mut Conn, list: &[PutAccount<'_>], now: Moment) -> Result<(), StorageError> {
    let rows: Vec<NewCustomer<'_>> = list.iter().map(|put| NewCustomer::new(put, now)).collect();
    insert_all!(conn, customers::table, &rows);
    Ok(())
}

/// Changes name and segment.
pub fn rename(conn: &mut Conn, id: CustomerId, name: &str, segment: &str) -> Result<(), StorageError> {
    let this = customers::table.find(id.0);
    diesel::update(this)
        .set((customers::name.eq(name), customers::name_key.eq(name.to_lowercase())))
        .fixed(here!())
        .run(conn)?;
    // After an update, which on PostgreSQL locks the row: no strike is counted in between.
    let (before, strikes) = counted_at(conn, id)?;
    if before != segment {
        diesel::update(this).set(customers::segment.eq(segment)).fixed(here!()).run(conn)?;
    }
    strike_counts::moved(conn, (&before, strikes), (segment, strikes))
}

/// Where a customer stands in [`strike_counts`].
fn counted_at(conn: &mut Conn, id: CustomerId) -> Result<(String, i32), StorageError> {
    let place = customers::table.find(id.0).select((customers::segment, customers::active_strikes));
    Ok(place.fixed(here!()).row(conn)?)
}

/// Lets one transaction at a time open cases of a customer, number them or count its strikes, until its end. Asked for
/// before a strike is touched, so that two cannot wait for each other. SQLite has one writer anyway.
pub fn hold(conn: &mut Conn, id: CustomerId) -> Result<(), StorageError> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    // What only refers to the customer, such as a contact, need not wait.
    let row = customers::table.find(id.0).select(customers::id).for_no_key_update();
    row.get_result::<i64>(conn)?;
    Ok(())
}

/// As [`hold`], for many at once.
pub fn hold_all(conn: &mut Conn, ids: impl Iterator<Item = CustomerId>) -> Result<(), StorageError> {
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(());
    }
    let ids: BTreeSet<CustomerId> = ids.collect();
    // Most often it is one; PostgreSQL plans a list anew each time.
    if ids.len() < 2 {
        return ids.first().map_or(Ok(()), |one| hold(conn, *one));
    }
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    // In one order, so that two documents cannot wait for each other.
    let these = customers::table.filter(customers::id.eq_any(ids.iter().map(|id| id.0)));
    let rows = these.order(customers::id).select(customers::id).for_no_key_update();
    let _held: Vec<i64> = rows.fixed(here!()).load(conn)?;
    Ok(())
}

/// Sets the standing; fails when someone else changed the customer since it was loaded.
pub fn set_standing(conn: &mut Conn, customer: &Customer, standing: Standing, now: Moment) -> Result<(), StorageError> {
    let changed = diesel::update(customers::table.find(customer.id.0).filter(customers::version.eq(customer.version)))
        .set((
            customers::standing.eq(standing.code()),
            customers::standing_since.eq(now.0),
            customers::warned.eq(customer.warned || standing == Standing::Warned),
            customers::version.eq(customers::version + 1),
        ))
        .execute(conn)?;
    one_row(changed, "customers", customer.id.0)
}

/// Changes the counters that lists are sorted by. Each is a difference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    pub active_strikes: i32,
    pub total_strikes: i32,
    pub unanswered: i32,
    /// Set when a strike was counted.
    pub last_strike_at: Option<Moment>,
}

/// Adds differences to the counters of a customer. Those that lists are sorted by are written only where they change:
/// their indexes are written with them.
pub fn count(conn: &mut Conn, id: CustomerId, by: Counters) -> Result<(), StorageError> {
    let this = customers::table.find(id.0);
    if by.unanswered != 0 {
        diesel::update(this)
            .set(customers::unanswered.eq(customers::unanswered + by.unanswered))
            .fixed(here!())
            .run(conn)?;
    }
    if (by.active_strikes, by.total_strikes) != (0, 0) {
        diesel::update(this)
            .set((
                customers::active_strikes.eq(customers::active_strikes + by.active_strikes),
                customers::total_strikes.eq(customers::total_strikes + by.total_strikes),
            ))
            .fixed(here!())
            .run(conn)?;
        // After the update, which on PostgreSQL locks the row.
        let (segment, strikes) = counted_at(conn, id)?;
        strike_counts::moved(conn, (&segment, strikes - by.active_strikes), (&segment, strikes))?;
    }
    if let Some(at) = by.last_strike_at {
        diesel::update(this).set(customers::last_strike_at.eq(at.0)).fixed(here!()).run(conn)?;
    }
    Ok(())
}
