//! Assets and the look-up of whole lists of locations in a few indexed queries.

use std::collections::{BTreeSet, HashMap};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::domain::base::ids::CustomerId;
use crate::domain::base::moment::Moment;
use crate::domain::customers::ownership::{self, Effect, Period, Statement};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::insert_all;
use crate::storage::engine::prepared::{Prepared, columns, filled, here};
use crate::storage::engine::schema::assets;

pub use crate::domain::customers::ownership::FOR_EVER;

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

/// That an account has an asset, as the host's systems say it.
#[derive(Clone, Debug)]
pub struct PutAsset {
    pub customer: CustomerId,
    pub key: String,
    /// Since when; where it is not said, `domain::ownership` has what that means.
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

impl PutAsset {
    fn statement(&self) -> Statement {
        Statement { customer: self.customer, from: self.from.map(|m| m.0), until: self.until.map(|m| m.0) }
    }
}

/// What is done where a statement would end what another account has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// What is said last counts.
    #[default]
    TakeOver,
    /// Nothing is changed; the effect names the other account all the same.
    Refuse,
}

#[derive(Insertable)]
#[diesel(table_name = assets)]
struct NewAsset<'a> {
    customer_id: i64,
    key: &'a str,
    valid_from: i64,
    valid_until: i64,
}

/// Whoever changes assets goes one after the other on PostgreSQL: two who say at the same moment that they have the
/// same one must see each other. To be called first in the transaction, before any row is locked.
pub fn lock(conn: &mut Conn) -> Result<(), StorageError> {
    if let Conn::Postgres(c) = conn {
        c.batch_execute(&format!("SELECT pg_advisory_xact_lock({ONE_BY_ONE})"))?;
    }
    Ok(())
}

/// Key of the advisory lock of those who change assets.
const ONE_BY_ONE: i64 = 0x5afe_a55e;

/// All that anybody had under one key, as stored and as it is to be.
#[derive(Default)]
struct Known {
    /// Place of the first statement about it.
    first: usize,
    /// Number and end of each row; the periods begin with these.
    rows: Vec<(i64, i64)>,
    periods: Vec<Period>,
}

/// Applies statements in the order given ([`ownership::state`]); says of each what it did. The caller has the [`lock`].
pub fn put(
    conn: &mut Conn,
    list: &[PutAsset],
    on_conflict: OnConflict,
    now: Moment,
) -> Result<Vec<Effect>, StorageError> {
    let mut known: HashMap<&str, Known> = HashMap::with_capacity(list.len());
    for (first, put) in list.iter().enumerate() {
        known.entry(put.key.as_str()).or_insert_with(|| Known { first, ..Known::default() });
    }
    for row in by_keys(conn, known.keys().copied().collect())? {
        let Some(of_key) = known.get_mut(row.key.as_str()) else { continue };
        of_key.rows.push((row.id, row.valid_until));
        let customer = CustomerId(row.customer_id);
        of_key.periods.push(Period { customer, from: row.valid_from, until: row.valid_until });
    }
    let effects = list.iter().map(|put| {
        let of_key = known.entry(put.key.as_str()).or_default();
        let before = (on_conflict == OnConflict::Refuse).then(|| of_key.periods.clone());
        let mut effect = ownership::state(&mut of_key.periods, &put.statement(), now.0);
        if let Some(before) = before.filter(|_| effect.is_conflict()) {
            of_key.periods = before;
            (effect.changed, effect.refused) = (false, true);
        }
        effect
    });
    let effects: Vec<Effect> = effects.collect();
    store(conn, &known)?;
    Ok(effects)
}

/// Writes what is another than before: first what ends sooner, then the rest, so that at no moment two are open.
fn store(conn: &mut Conn, known: &HashMap<&str, Known>) -> Result<(), StorageError> {
    let moved = known.values().flat_map(|k| k.rows.iter().zip(&k.periods)).filter(|((_, end), p)| *end != p.until);
    let (sooner, later): (Vec<_>, Vec<_>) = moved.partition(|((_, end), p)| p.until < *end);
    for ((id, _), period) in sooner.into_iter().chain(later) {
        let row = assets::table.filter(assets::id.eq(*id));
        diesel::update(row).set(assets::valid_until.eq(period.until)).fixed(here!()).run(conn)?;
    }
    // Rows stand in the order in which they were said.
    let mut in_order: Vec<(&&str, &Known)> = known.iter().collect();
    in_order.sort_unstable_by_key(|(_, of_key)| of_key.first);
    let mut new: Vec<NewAsset<'_>> = Vec::new();
    for (key, of_key) in in_order {
        new.extend(of_key.periods.iter().skip(of_key.rows.len()).map(|period| NewAsset {
            customer_id: period.customer.0,
            key,
            valid_from: period.from,
            valid_until: period.until,
        }));
    }
    insert_all!(conn, assets::table, &new);
    Ok(())
}

/// What anyone ever had under keys.
fn by_keys(conn: &mut Conn, keys: BTreeSet<&str>) -> Result<Vec<AssetRow>, StorageError> {
    let keys: Vec<&str> = keys.into_iter().collect();
    let mut all = Vec::new();
    for some in keys.chunks(512) {
        let rows = assets::table.filter(assets::key.eq_any(filled(some))).select(columns::<AssetRow>());
        all.extend(rows.prepared().rows::<AssetRow>(conn)?);
    }
    // Of equal starts the one that was said later comes later.
    all.sort_unstable_by_key(|row| row.id);
    Ok(all)
}

/// Assets that two accounts have at the same time, by the key. The account named first loses it when the other's period
/// begins.
pub fn conflicts(conn: &mut Conn, limit: i64) -> Result<Vec<(String, String, String)>, StorageError> {
    // A period that begins within another's is looked for along the index of keys.
    let overlapping = "SELECT a.key AS key, e.external_id AS ended, k.external_id AS kept FROM assets a \
         JOIN assets b ON b.key = a.key AND b.customer_id <> a.customer_id AND b.valid_from >= a.valid_from \
         AND b.valid_from < a.valid_until AND b.valid_from < b.valid_until AND (b.valid_from > a.valid_from OR b.id > a.id) \
         JOIN customers e ON e.id = a.customer_id JOIN customers k ON k.id = b.customer_id";
    let rows = diesel::sql_query(format!("{overlapping} LIMIT {limit}")).load::<Conflict>(conn)?;
    Ok(rows.into_iter().map(|row| (row.key, row.ended, row.kept)).collect())
}

#[derive(QueryableByName)]
struct Conflict {
    #[diesel(sql_type = diesel::sql_types::Text)]
    key: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    ended: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    kept: String,
}

/// Whether anybody ever had a folder on a host: accounts share it.
pub fn is_shared(conn: &mut Conn, host: &str) -> Result<bool, StorageError> {
    // `0` is what follows the slash.
    let (first, end) = (format!("p:{host}/"), format!("p:{host}0"));
    let some = assets::table.filter(assets::key.ge(first)).filter(assets::key.lt(end)).limit(1).select(assets::id);
    Ok(some.fixed(here!()).row::<i64>(conn).optional()?.is_some())
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
        .filter(assets::valid_from.lt(assets::valid_until))
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
