//! Private values are forgotten: salt and value go, the commitment stays, and each chain says so.

use std::collections::HashMap;

use diesel::prelude::*;

use super::write::{Recorder, append_all};
use crate::domain::event::record::ValuesForgotten;
use crate::domain::event::{Event, Subject, Vault};
use crate::storage::connection::Conn;
use crate::storage::error::StorageError;
use crate::storage::schema::{event_values, events};

/// What is in a vault: for each chain how many values.
pub fn contents(conn: &mut Conn, vault: &Vault) -> Result<Vec<(Subject, usize)>, StorageError> {
    let rows: Vec<(String, i64)> = event_values::table
        .inner_join(events::table)
        .filter(event_values::vault.eq(vault.as_str()))
        .filter(event_values::value.is_not_null())
        .group_by(events::subject)
        .select((events::subject, diesel::dsl::count_star()))
        .load(conn)?;
    let mut found = HashMap::with_capacity(rows.len());
    for (subject, count) in rows {
        let corrupt = || StorageError::Corrupt { table: "events", column: "subject", id: subject.clone() };
        let chain: Subject = subject.parse().map_err(|()| corrupt())?;
        found.insert(chain, usize::try_from(count).unwrap_or(usize::MAX));
    }
    let mut found: Vec<(Subject, usize)> = found.into_iter().collect();
    found.sort_unstable();
    Ok(found)
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
    let found = contents(conn, vault)?;
    if found.is_empty() {
        return Ok(found);
    }
    if let Conn::Sqlite(c) = conn {
        diesel::connection::SimpleConnection::batch_execute(c, "PRAGMA secure_delete = ON")?;
    }
    let present =
        event_values::table.filter(event_values::vault.eq(vault.as_str())).filter(event_values::value.is_not_null());
    diesel::update(present)
        .set((event_values::salt.eq(None::<Vec<u8>>), event_values::value.eq(None::<String>)))
        .execute(conn)?;
    let told = |(subject, count): &(Subject, usize)| {
        let facts = ValuesForgotten { vault: vault.clone(), count: *count, basis: basis.to_owned() };
        (*subject, vec![Event::ValuesForgotten(facts)])
    };
    let told: Vec<_> = found.iter().map(told).collect();
    append_all(conn, &told, recorder)?;
    Ok(found)
}
