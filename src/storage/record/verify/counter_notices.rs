//! Counter-notices and court actions: what they say and where they stand.

use std::collections::HashMap;

use diesel::prelude::*;

use super::page::{RecordedEvents, by_case, differs};
use crate::domain::base::fingerprint::hex;
use crate::domain::base::ids::CounterId;
use crate::domain::record::event::{Event, Private, Recorded};
use crate::storage::disputes::{counter_notices, court_actions};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{counter_notices as table, submissions};
use crate::storage::record::verify_chains::Broken;

/// Compares those of a page of cases.
pub(super) fn compare(
    conn: &mut Conn,
    cases: &[i64],
    told: &RecordedEvents,
    found: &mut Vec<Broken>,
) -> Result<(), StorageError> {
    let rows = counter_notices::compared(conn, cases)?;
    let arrived = arrived(conn, cases)?;
    let ids: Vec<CounterId> = rows.iter().map(|row| CounterId(row.id)).collect();
    let case_of: HashMap<i64, i64> = rows.iter().map(|row| (row.id, row.case)).collect();
    let filed = court_actions::of_counters(conn, &ids)?;
    let filed = by_case(filed.into_iter().filter_map(|one| {
        let digest = court_actions::digest(&one.action, one.in_time);
        Some((*case_of.get(&one.counter.0)?, (one.id, digest)))
    }));
    let rows = by_case(rows.into_iter().map(|row| (row.case, row)));
    for case in cases {
        let (events, subject) = (told.of(*case), format!("case:{case}"));
        let mut stands = states(events);
        for row in rows.get(case).map_or(&[][..], Vec::as_slice) {
            let what = match stands.remove(&row.id) {
                None => "no event tells of it",
                Some(told) if !told.digest.fits(&row.digest) => "it does not say what came",
                Some(told) if told.state != row.state => "its state is not what the record tells",
                Some(told) if !arrived.get(&row.id).is_some_and(|digest| told.sha256.fits(digest)) => {
                    "what arrived is gone, or is not what the record tells"
                }
                Some(_) => continue,
            };
            differs(found, &subject, format!("counter-notice {}: {what}", row.id));
        }
        for id in stands.keys() {
            differs(found, &subject, format!("counter-notice {id} is gone"));
        }
        court(&subject, events, filed.get(case).map_or(&[][..], Vec::as_slice), found);
    }
    Ok(())
}

/// Digests of what arrived, by counter-notice.
fn arrived(conn: &mut Conn, cases: &[i64]) -> Result<HashMap<i64, String>, StorageError> {
    let rows: Vec<(i64, Vec<u8>)> = table::table
        .inner_join(submissions::table.on(submissions::id.eq(table::submission_id)))
        .filter(table::case_id.eq_any(cases))
        .select((table::id, submissions::digest))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, digest)| (id, hex(&digest))).collect())
}

/// What the events tell of a counter-notice.
struct Stands<'a> {
    state: &'static str,
    digest: &'a Private,
    sha256: &'a Private,
}

fn states(told: &[Recorded]) -> HashMap<i64, Stands<'_>> {
    let mut all: HashMap<i64, Stands<'_>> = HashMap::new();
    for told in told {
        let (id, state) = match &told.event {
            Event::CounterNoticeReceived(facts) => {
                let stands = Stands { state: "running", digest: &facts.said_sha256, sha256: &facts.sha256 };
                all.insert(facts.counter_notice.0, stands);
                continue;
            }
            Event::CounterNoticeDue(facts) => (facts.counter_notice, "due"),
            Event::CounterNoticeSustained(facts) => (facts.counter_notice, "restored"),
            Event::CounterNoticeMoot(facts) => (facts.counter_notice, "moot"),
            Event::CourtActionReceived(facts) if facts.stops => (facts.counter_notice, "stopped"),
            _ => continue,
        };
        if let Some(stands) = all.get_mut(&id.0) {
            stands.state = state;
        }
    }
    all
}

fn court(subject: &str, told: &[Recorded], rows: &[(i64, String)], found: &mut Vec<Broken>) {
    let told = told.iter().filter_map(|told| match &told.event {
        Event::CourtActionReceived(facts) => Some(facts),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    if told.len() != rows.len() {
        differs(found, subject, "it has more or fewer court actions than the record tells");
    }
    let there: HashMap<i64, &str> = rows.iter().map(|(id, digest)| (*id, digest.as_str())).collect();
    for facts in told {
        let id = facts.court_action;
        if !there.get(&id).is_some_and(|digest| facts.sha256.fits(digest)) {
            differs(found, subject, format!("court action {id} is gone, or is not what the record tells"));
        }
    }
}
