//! Files that came with answers, counter-notices and court actions.

use diesel::prelude::*;

use super::page::{RecordedEvents, by_case, differs};
use crate::domain::base::fingerprint::hex;
use crate::domain::record::event::{Event, Private};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::attachments;
use crate::storage::record::verify_chains::Broken;

/// Compares the files of a page of cases with the digests that events tell; their bytes are read elsewhere.
pub(super) fn compare(
    conn: &mut Conn,
    cases: &[i64],
    told: &RecordedEvents,
    found: &mut Vec<Broken>,
) -> Result<(), StorageError> {
    let rows: Vec<(i64, Vec<u8>)> = attachments::table
        .filter(attachments::case_id.eq_any(cases))
        .select((attachments::case_id, attachments::digest))
        .load(conn)?;
    let mut rows = by_case(rows.into_iter().map(|(case, digest)| (case, hex(&digest))));
    for case in cases {
        let lists: Vec<&Private> = told.of(*case).iter().filter_map(|told| sent(&told.event)).collect();
        // Digests that were forgotten: such a case is compared by its bytes alone.
        if lists.iter().any(|list| list.is_forgotten()) {
            continue;
        }
        let mut listed: Vec<&str> = lists.iter().flat_map(|list| list.words()).collect();
        let mut there = rows.remove(case).unwrap_or_default();
        listed.sort_unstable();
        there.sort_unstable();
        if there != listed {
            differs(found, format!("case:{case}"), "its files are not those that the record tells");
        }
    }
    Ok(())
}

/// Digests of the files that came with what the event is about.
fn sent(event: &Event) -> Option<&Private> {
    match event {
        Event::CaseAnswered(facts) => Some(&facts.files),
        Event::CounterNoticeReceived(facts) => Some(&facts.files),
        Event::CourtActionReceived(facts) => Some(&facts.files),
        _ => None,
    }
}
