//! What the whole record tells of things that stand alone: versions of the policy, and submissions that became no
//! notice.

use std::collections::HashMap;

use diesel::prelude::*;

use super::page::{after, differs};
use crate::domain::base::fingerprint::hex;
use crate::domain::record::event::{Event, Private};
use crate::storage::enforcement::policies;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::submissions;
use crate::storage::record::verify_chains::Broken;

/// Walks all events in pages.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let mut versions: HashMap<i64, String> = policies::digests(conn)?.into_iter().collect();
    let mut last = i64::MIN;
    loop {
        let page = after(conn, last)?;
        let Some((newest, _)) = page.last() else { break };
        last = newest.id;
        let mut named: Vec<(i64, Private, String)> = Vec::new();
        for (row, recorded) in page {
            let Some(recorded) = recorded else {
                // Chains of other subjects are read with their rows.
                if row.subject == "installation" || row.subject.starts_with("sender:") {
                    found.push(Broken::Unreadable { subject: row.subject, seq: row.seq });
                }
                continue;
            };
            if let Event::PolicyPublished(facts) = &recorded.event {
                let version = facts.version.0;
                if versions.remove(&version).as_ref() != Some(&facts.sha256) {
                    differs(found, &row.subject, format!("version {version} of the policy is not what was published"));
                }
            }
            if let Some((id, told)) = recorded.submission() {
                named.push((id, told.clone(), row.subject));
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
fn arrived(conn: &mut Conn, named: &[(i64, Private, String)], found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let ids: Vec<i64> = named.iter().map(|(id, ..)| *id).collect();
    let rows: Vec<(i64, Vec<u8>)> = submissions::table
        .filter(submissions::id.eq_any(ids))
        .select((submissions::id, submissions::digest))
        .load(conn)?;
    let there: HashMap<i64, String> = rows.into_iter().map(|(id, digest)| (id, hex(&digest))).collect();
    for (id, told, subject) in named {
        if !there.get(id).is_some_and(|digest| told.fits(digest)) {
            differs(found, subject, format!("submission {id} is gone, or is not what the record tells"));
        }
    }
    Ok(())
}
