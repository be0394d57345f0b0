//! Assets and the look-up of whole lists of locations in a few indexed queries.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::connection::{Conn, insert_all};
use super::error::StorageError;
use super::prepared::{Prepared, columns, filled, here};
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

/// An asset as the host's systems know it.
#[derive(Clone, Debug)]
pub struct PutAsset {
    pub customer: CustomerId,
    pub key: String,
    pub from: Moment,
    pub until: Option<Moment>,
}

#[derive(Insertable)]
#[diesel(table_name = assets)]
struct NewAsset<'a> {
    customer_id: i64,
    key: &'a str,
    valid_from: i64,
    valid_until: i64,
}

/// Adds assets, or moves the end of those with the same start, in the order given; says of each whether it changed
/// anything.
pub fn put(conn: &mut Conn, list: &[PutAsset]) -> Result<Vec<bool>, StorageError> {
    let known = by_keys(conn, list.iter().map(|put| put.key.as_str()).collect())?;
    let mut ends: HashMap<(i64, &str, i64), i64> = HashMap::with_capacity(known.len() + list.len());
    ends.extend(known.iter().map(|row| ((row.customer_id, row.key.as_str(), row.valid_from), row.valid_until)));
    let mut new: Vec<NewAsset<'_>> = Vec::new();
    let mut changed = Vec::with_capacity(list.len());
    for put in list {
        let (customer_id, key, valid_from) = (put.customer.0, put.key.as_str(), put.from.0);
        let valid_until = put.until.map_or(FOR_EVER, |m| m.0);
        let before = ends.insert((customer_id, key, valid_from), valid_until);
        changed.push(before != Some(valid_until));
        match before {
            None => new.push(NewAsset { customer_id, key, valid_from, valid_until }),
            Some(same) if same == valid_until => {}
            Some(_) => {
                match new.iter_mut().find(|n| (n.customer_id, n.key, n.valid_from) == (customer_id, key, valid_from)) {
                    Some(waiting) => waiting.valid_until = valid_until,
                    None => move_end(conn, put, valid_until)?,
                }
            }
        }
    }
    insert_all!(conn, assets::table, &new, on_conflict_do_nothing);
    Ok(changed)
}

fn move_end(conn: &mut Conn, put: &PutAsset, until: i64) -> Result<(), StorageError> {
    let same =
        assets::customer_id.eq(put.customer.0).and(assets::key.eq(&put.key)).and(assets::valid_from.eq(put.from.0));
    let this = diesel::update(assets::table.filter(same));
    Ok(this.set(assets::valid_until.eq(until)).fixed(here!()).run(conn)?)
}

/// What anyone ever had under keys.
fn by_keys(conn: &mut Conn, keys: BTreeSet<&str>) -> Result<Vec<AssetRow>, StorageError> {
    let keys: Vec<&str> = keys.into_iter().collect();
    let mut all = Vec::new();
    for some in keys.chunks(512) {
        let rows = assets::table.filter(assets::key.eq_any(filled(some))).select(columns::<AssetRow>());
        all.extend(rows.prepared().rows::<AssetRow>(conn)?);
    }
    Ok(all)
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
    let keys = wanted.iter().flat_map(|w| w.keys.iter().map(String::as_str)).collect();
    let mut by_key: HashMap<String, Vec<AssetRow>> = HashMap::new();
    for row in by_keys(conn, keys)? {
        by_key.entry(row.key.clone()).or_default().push(row);
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
