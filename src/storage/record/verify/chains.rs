//! Chains whose notice, case or customer is gone.

use std::collections::HashSet;

use diesel::prelude::*;

use super::page::differs;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{cases, customers, heads, notices, senders};
use crate::storage::record::verify_chains::Broken;

/// Walks the heads of all chains. Returns how many there are.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let page: Vec<String> = heads::table
            .filter(heads::subject.gt(&after))
            .order(heads::subject)
            .select(heads::subject)
            .limit(1000)
            .load(conn)?;
        let Some(last) = page.last() else { return Ok(count) };
        after.clone_from(last);
        count += u64::try_from(page.len()).unwrap_or(0);
        for kind in ["notice", "case", "customer", "sender"] {
            gone(conn, kind, &page, found)?;
        }
    }
}

fn gone(conn: &mut Conn, kind: &str, page: &[String], found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let of_kind = |subject: &String| subject.strip_prefix(kind)?.strip_prefix(':')?.parse().ok();
    let ids: Vec<i64> = page.iter().filter_map(of_kind).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let there: Vec<i64> = match kind {
        "notice" => notices::table.filter(notices::id.eq_any(&ids)).select(notices::id).load(conn)?,
        "case" => cases::table.filter(cases::id.eq_any(&ids)).select(cases::id).load(conn)?,
        "customer" => customers::table.filter(customers::id.eq_any(&ids)).select(customers::id).load(conn)?,
        _ => senders::table.filter(senders::id.eq_any(&ids)).select(senders::id).load(conn)?,
    };
    let there: HashSet<i64> = there.into_iter().collect();
    for id in ids.iter().filter(|id| !there.contains(id)) {
        differs(found, format!("{kind}:{id}"), "its events are there, its row is not");
    }
    Ok(())
}
