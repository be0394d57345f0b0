//! Assets and the look-up of whole lists of locations in a few indexed queries.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::prepared::{Prepared, columns, filled, here, wrote_one};
use super::schema::assets;
use crate::domain::ids::CustomerId;
use crate::domain::moment::Moment;

/// End of an asset that has no end.
pub const FOR_EVER: i64 = i64::MAX;

/// An asset row: key, owner, and when it was the customer's.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = assets)]
pub struct AssetRow {
    pub id: i64,
    pub customer_id: i64,
    pub key: String,
    pub valid_from: i64,
    pub valid_until: i64,
}

/// Adds an asset, or moves the end of one with the same start; returns whether anything changed.
pub fn put(
    conn: &mut Conn,
    customer: CustomerId,
    key: &str,
    from: Moment,
    until: Option<Moment>,
) -> Result<bool, StorageError> {
    let until = until.map_or(FOR_EVER, |m| m.0);
    let row = (
        assets::customer_id.eq(customer.0),
        assets::key.eq(key),
        assets::valid_from.eq(from.0),
        assets::valid_until.eq(until),
    );
    if wrote_one!(conn, diesel::insert_into(assets::table).values(row).on_conflict_do_nothing())? {
        return Ok(true);
    }
    let same = assets::customer_id.eq(customer.0).and(assets::key.eq(key)).and(assets::valid_from.eq(from.0));
    let changed = diesel::update(assets::table.filter(same.and(assets::valid_until.ne(until))))
        .set(assets::valid_until.eq(until))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Assets of a customer, a page at a time.
pub fn of_customer(
    conn: &mut Conn,
    customer: CustomerId,
    after: i64,
    limit: i64,
) -> Result<Vec<AssetRow>, StorageError> {
    Ok(assets::table
        .filter(assets::customer_id.eq(customer.0))
        .filter(assets::id.gt(after))
        .order(assets::id)
        .limit(limit)
        .select(AssetRow::as_select())
        .load(conn)?)
}

/// Assets of a customer that are theirs at a moment.
pub fn open_of(conn: &mut Conn, customer: CustomerId, at: Moment) -> Result<Vec<AssetRow>, StorageError> {
    Ok(assets::table
        .filter(assets::customer_id.eq(customer.0))
        .filter(assets::valid_until.gt(at.0))
        .order(assets::id)
        .select(AssetRow::as_select())
        .load(conn)?)
}

/// Ends an asset; returns whether it had not ended before.
pub fn end(conn: &mut Conn, id: i64, at: Moment) -> Result<bool, StorageError> {
    let open = assets::table.find(id).filter(assets::valid_until.gt(at.0));
    Ok(diesel::update(open).set(assets::valid_until.eq(at.0)).execute(conn)? == 1)
}

/// Ends what a customer has under a key; returns how many rows had not ended before.
pub fn end_key(conn: &mut Conn, customer: CustomerId, key: &str, at: Moment) -> Result<usize, StorageError> {
    let open = assets::key.eq(key).and(assets::customer_id.eq(customer.0)).and(assets::valid_until.gt(at.0));
    Ok(diesel::update(assets::table.filter(open)).set(assets::valid_until.eq(at.0)).execute(conn)?)
}

/// What to look up: the candidate keys of one location, closest first, and the time that counts.
pub struct Wanted<'a> {
    pub keys: &'a [String],
    pub at: Moment,
}

/// Who had each location at its time; nothing where no asset covers it. Every distinct key is looked up
/// once for the whole list. Of assets with the same key valid at the same time the newest start wins.
pub fn owners(conn: &mut Conn, wanted: &[Wanted<'_>]) -> Result<Vec<Option<CustomerId>>, StorageError> {
    let distinct: BTreeSet<&str> = wanted.iter().flat_map(|w| w.keys.iter().map(String::as_str)).collect();
    let distinct: Vec<&str> = distinct.into_iter().collect();
    let mut by_key: HashMap<String, Vec<AssetRow>> = HashMap::new();
    for chunk in distinct.chunks(800) {
        let rows: Vec<AssetRow> = assets::table
            .filter(assets::key.eq_any(filled(chunk)))
            .select(columns::<AssetRow>())
            .prepared()
            .rows(conn)?;
        for row in rows {
            by_key.entry(row.key.clone()).or_default().push(row);
        }
    }
    Ok(wanted.iter().map(|w| closest(w, &by_key)).collect())
}

fn closest(wanted: &Wanted<'_>, by_key: &HashMap<String, Vec<AssetRow>>) -> Option<CustomerId> {
    let valid = |row: &&AssetRow| row.valid_from <= wanted.at.0 && wanted.at.0 < row.valid_until;
    wanted
        .keys
        .iter()
        .filter_map(|key| by_key.get(key))
        .find_map(|rows| rows.iter().filter(valid).max_by_key(|row| (row.valid_from, row.id)))
        .map(|row| CustomerId(row.customer_id))
}
