//! Files that came with answers, counter-notices and court actions.

use diesel::prelude::*;

use super::page::by_case;
use super::page::{Told, differs};
use crate::domain::base::fingerprint::hex;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::attachments;
use crate::storage::record::verify_chains::Broken;

/// Compares the files of a page of cases with the digests that events tell; their bytes are read elsewhere.
pub(super) fn compare(
    conn: &mut Conn,
    cases: &[i64],
    told: &Told,
    found: &mut Vec<Broken>,
) -> Result<(), StorageError> {
    let rows: Vec<(i64, Vec<u8>)> = attachments::table
        .filter(attachments::case_id.eq_any(cases))
        .select((attachments::case_id, attachments::digest))
        .load(conn)?;
    let mut rows = by_case(rows.into_iter().map(|(case, digest)| (case, hex(&digest))));
    for case in cases {
        let events = told.of(*case);
        let sent = |kind: &str| ["case.answered", "counter_notice.received", "court_action.received"].contains(&kind);
        // Versions before told nothing of files: such a case is compared by its bytes alone.
        if events.iter().any(|e| sent(&e.kind) && e.texts("files").is_none()) {
            continue;
        }
        let mut listed: Vec<&str> = events.iter().filter_map(|e| e.texts("files")).flatten().collect();
        let mut there = rows.remove(case).unwrap_or_default();
        listed.sort_unstable();
        there.sort_unstable();
        if there != listed {
            differs(found, format!("case:{case}"), "its files are not those that the record tells");
        }
    }
    Ok(())
}
