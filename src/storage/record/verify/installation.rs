//! What the whole record tells of things that stand alone: versions of the policy, and submissions that became no
//! notice.

use std::collections::HashMap;

use diesel::prelude::*;

use super::page::{differs, event};
use crate::domain::base::fingerprint::hex;
use crate::storage::enforcement::policies;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{events, submissions};
use crate::storage::record::verify_chains::Broken;

/// Walks all events in pages.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let mut versions: HashMap<i64, String> = policies::digests(conn)?.into_iter().collect();
    let mut after = i64::MIN;
    loop {
        let page: Vec<(i64, String, String, String)> = events::table
            .filter(events::id.gt(after))
            .order(events::id)
            .limit(1000)
            .select((events::id, events::subject, events::kind, events::facts))
            .load(conn)?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        let mut named: Vec<(i64, Option<String>, String)> = Vec::new();
        for (_, subject, kind, facts) in page {
            let event = event(kind, &facts, String::new());
            if event.kind == "policy.published"
                && let Some(version) = event.number("version")
            {
                let there = versions.remove(&version);
                if there.is_none() || event.text("sha256").is_some_and(|told| Some(told) != there.as_deref()) {
                    differs(found, &subject, format!("version {version} of the policy is not what was published"));
                }
            }
            if let Some(id) = event.number("submission") {
                named.push((id, event.text("submission_sha256").map(str::to_owned), subject));
            }
        }
        arrived(conn, &named, found)?;
    }
    for version in versions.keys() {
        differs(found, "installation", format!("version {version} of the policy: no event tells of it"));
    }
    Ok(())
}

/// Submissions that events name are there, with the digests they tell.
fn arrived(
    conn: &mut Conn,
    named: &[(i64, Option<String>, String)],
    found: &mut Vec<Broken>,
) -> Result<(), StorageError> {
    let ids: Vec<i64> = named.iter().map(|(id, ..)| *id).collect();
    let rows: Vec<(i64, Vec<u8>)> = submissions::table
        .filter(submissions::id.eq_any(ids))
        .select((submissions::id, submissions::digest))
        .load(conn)?;
    let there: HashMap<i64, String> = rows.into_iter().map(|(id, digest)| (id, hex(&digest))).collect();
    for (id, told, subject) in named {
        let digest = there.get(id);
        if digest.is_none() || told.is_some() && told.as_ref() != digest {
            differs(found, subject, format!("submission {id} is gone, or is not what the record tells"));
        }
    }
    Ok(())
}
