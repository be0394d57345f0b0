//! Private values are forgotten: salt and value go, the commitment stays, and each chain says so.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::write::{Recorder, append_all};
use crate::domain::record::event::record::ValuesForgotten;
use crate::domain::record::event::{Event, Subject, Vault};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{event_values, events};

/// What is in a vault: for each chain how many values.
pub fn contents(conn: &mut Conn, vault: &Vault) -> Result<Vec<(Subject, usize)>, StorageError> {
    let rows: Vec<(String, i64)> = event_values::table
        .inner_join(events::table)
        .filter(event_values::vault.eq(vault.as_str()))
        .filter(event_values::value.is_not_null())
        .group_by(events::subject)
        .select((events::subject, diesel::dsl::count_star()))
        .load(conn)?;
    let counted = rows.into_iter().map(|(name, count)| Ok((chain(&name)?, usize::try_from(count).unwrap_or(0))));
    let mut found = counted.collect::<Result<Vec<(Subject, usize)>, StorageError>>()?;
    found.sort_unstable();
    Ok(found)
}

fn chain(name: &str) -> Result<Subject, StorageError> {
    let corrupt = |()| StorageError::Corrupt { table: "events", column: "subject", id: name.to_owned() };
    name.parse().map_err(corrupt)
}

/// How many of some values, named by their events, belong to each chain.
fn by_chain(conn: &mut Conn, events: &[i64]) -> Result<Vec<(Subject, usize)>, StorageError> {
    let mut of_event: HashMap<i64, usize> = HashMap::new();
    for id in events {
        *of_event.entry(*id).or_default() += 1;
    }
    let ids: Vec<i64> = of_event.keys().copied().collect();
    let mut found: BTreeMap<Subject, usize> = BTreeMap::new();
    for some in ids.chunks(500) {
        let rows: Vec<(i64, String)> =
            events::table.filter(events::id.eq_any(some)).select((events::id, events::subject)).load(conn)?;
        for (id, name) in rows {
            *found.entry(chain(&name)?).or_default() += of_event.get(&id).copied().unwrap_or_default();
        }
    }
    Ok(found.into_iter().collect())
}

/// Forgets everything in a vault, and puts that on record in each chain that had something of it. Returns for each chain
/// how many values were forgotten.
///
/// On SQLite the bytes are overwritten in the database file; what older pages of the write-ahead log, a free list or a
/// backup still hold is the caller's to deal with.
pub fn forget_vault(
    conn: &mut Conn,
    vault: &Vault,
    basis: &str,
    recorder: &mut Recorder<'_>,
) -> Result<Vec<(Subject, usize)>, StorageError> {
    if let Conn::Sqlite(c) = conn {
        diesel::connection::SimpleConnection::batch_execute(c, "PRAGMA secure_delete = ON")?;
    }
    let present =
        event_values::table.filter(event_values::vault.eq(vault.as_str())).filter(event_values::value.is_not_null());
    // Counted are those that this statement emptied: what others add meanwhile stays, and is not told of.
    let emptied: Vec<i64> = diesel::update(present)
        .set((event_values::salt.eq(None::<Vec<u8>>), event_values::value.eq(None::<String>)))
        .returning(event_values::event_id)
        .get_results(conn)?;
    let found = by_chain(conn, &emptied)?;
    let told = |(subject, count): &(Subject, usize)| {
        let facts = ValuesForgotten { vault: vault.clone(), count: *count, basis: basis.to_owned() };
        (*subject, vec![Event::ValuesForgotten(facts)])
    };
    let told: Vec<_> = found.iter().map(told).collect();
    append_all(conn, &told, recorder)?;
    Ok(found)
}
