//! What the program brings up to date itself after an upgrade, because SQL cannot: keys that follow from the spelling
//! of a place (`domain::canonical`). How far each has come is stored, so that a process that is killed goes on there.

use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{asset_conflicts, assets, cases, locations, renewals};
use crate::domain::base::ids::CustomerId;
use crate::domain::customers::asset::Asset;
use crate::domain::customers::ownership::FOR_EVER;
use crate::domain::intake::location::{Location, Place};
use crate::domain::intake::similarity::material_key;
use crate::storage::customers::assets::AssetRow;

/// Rows in one transaction.
const TOGETHER: i64 = 2000;

/// Key of PostgreSQL's advisory lock: several nodes may start at once.
const LOCK: i64 = 0x5afe_4e3e;

/// Does what is still to be done, one process at a time.
pub(in crate::storage) fn finish(conn: &mut Conn) -> Result<(), StorageError> {
    // In a transaction: behind a pooler a statement and its answer are of one connection there alone.
    if conn.transaction(|conn| renewals::table.count().get_result::<i64>(conn))? == 0 {
        return Ok(());
    }
    let in_turn = |conn: &mut Conn, what: &str| match conn {
        Conn::Postgres(c) => c.batch_execute(&format!("SELECT pg_advisory_{what}({LOCK})")),
        Conn::Sqlite(_) => Ok(()),
    };
    in_turn(conn, "lock")?;
    let done = go_on(conn, "assets", renew_assets).and_then(|()| go_on(conn, "material", renew_material));
    in_turn(conn, "unlock")?;
    done
}

/// One step: renews rows after a number and returns the last of them; nothing where none are left.
type Step = fn(&mut Conn, i64) -> Result<Option<i64>, StorageError>;

fn go_on(conn: &mut Conn, name: &str, step: Step) -> Result<(), StorageError> {
    let row = renewals::table.find(name).select(renewals::after).first::<i64>(conn).optional()?;
    let Some(mut after) = row else { return Ok(()) };
    loop {
        let last = conn.transaction(|conn| -> Result<Option<i64>, StorageError> {
            let last = step(conn, after)?;
            match last {
                Some(last) => diesel::update(renewals::table.find(name)).set(renewals::after.eq(last)).execute(conn)?,
                None => diesel::delete(renewals::table.find(name)).execute(conn)?,
            };
            Ok(last)
        })?;
        let Some(last) = last else { return Ok(()) };
        after = last;
    }
}

/// Keys of path prefixes in the one spelling.
fn renew_assets(conn: &mut Conn, after: i64) -> Result<Option<i64>, StorageError> {
    let rows: Vec<AssetRow> = assets::table
        .filter(assets::id.gt(after))
        .order(assets::id)
        .limit(TOGETHER)
        .select(AssetRow::as_select())
        .load(conn)?;
    for row in rows.iter().filter(|row| row.key.starts_with("p:")) {
        let Ok(asset) = Asset::parse(&Asset::shown(&row.key)) else { continue };
        let key = asset.key();
        if key != row.key {
            rename_asset(conn, row, &key)?;
        }
    }
    Ok(rows.last().map(|row| row.id))
}

/// Gives an asset its new key. Where that is another account's too, the later start has it, as before.
fn rename_asset(conn: &mut Conn, row: &AssetRow, key: &str) -> Result<(), StorageError> {
    let of_key = assets::table.filter(assets::key.eq(key));
    let twin = assets::customer_id.eq(row.customer_id).and(assets::valid_from.eq(row.valid_from));
    let twin: Option<(i64, i64)> =
        of_key.filter(twin).select((assets::id, assets::valid_until)).first(conn).optional()?;
    if let Some((id, until)) = twin {
        diesel::delete(assets::table.find(row.id)).execute(conn)?;
        let until = until.max(row.valid_until);
        diesel::update(assets::table.find(id)).set(assets::valid_until.eq(until)).execute(conn)?;
        return Ok(());
    }
    let open: Option<AssetRow> = if row.valid_until == FOR_EVER {
        let open = of_key.filter(assets::valid_until.eq(FOR_EVER));
        open.select(AssetRow::as_select()).first(conn).optional()?
    } else {
        None
    };
    if let Some(other) = &open {
        let row_is_later = (row.valid_from, row.id) > (other.valid_from, other.id);
        let (ended, kept) = if row_is_later { (other, row) } else { (row, other) };
        let end = assets::valid_until.eq(kept.valid_from);
        diesel::update(assets::table.find(ended.id)).set(end).execute(conn)?;
        if ended.customer_id != kept.customer_id {
            note_conflict(conn, key, ended, kept)?;
        }
    }
    diesel::update(assets::table.find(row.id)).set(assets::key.eq(key)).execute(conn)?;
    Ok(())
}

fn note_conflict(conn: &mut Conn, key: &str, ended: &AssetRow, kept: &AssetRow) -> Result<(), StorageError> {
    diesel::insert_into(asset_conflicts::table)
        .values((
            asset_conflicts::key.eq(key),
            asset_conflicts::ended_customer.eq(ended.customer_id),
            asset_conflicts::kept_customer.eq(kept.customer_id),
            asset_conflicts::at.eq(kept.valid_from),
            asset_conflicts::found_at.eq(kept.valid_from),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keys of material from the one spelling: two notices about one file over http and https are about the same.
fn renew_material(conn: &mut Conn, after: i64) -> Result<Option<i64>, StorageError> {
    let last: Option<i64> = locations::table
        .filter(locations::id.gt(after))
        .order(locations::id)
        .select(locations::id)
        .offset(TOGETHER - 1)
        .first(conn)
        .optional()?;
    let until = match last {
        Some(last) => last,
        None => locations::table.select(diesel::dsl::max(locations::id)).first::<Option<i64>>(conn)?.unwrap_or(0),
    };
    let rows: Vec<(i64, String, i64, i64)> = locations::table
        .inner_join(cases::table.on(locations::case_id.eq(cases::id.nullable())))
        .filter(locations::id.gt(after).and(locations::id.le(until)))
        .filter(locations::kind.eq("web"))
        .select((locations::id, locations::shown, locations::material, cases::customer_id))
        .load(conn)?;
    for (id, shown, material, customer) in rows {
        let location = Location::read_url(&shown);
        let Place::Web(_) = location.place else { continue };
        let key = material_key(CustomerId(customer), &location.canonical());
        if key != material {
            diesel::update(locations::table.find(id)).set(locations::material.eq(key)).execute(conn)?;
        }
    }
    Ok((until > after).then_some(until))
}
