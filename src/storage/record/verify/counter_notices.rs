//! Counter-notices and court actions: what they say and where they stand.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::page::by_case;
use super::page::{Event, Told, differs};
use crate::domain::base::fingerprint::hex;
use crate::domain::base::ids::CounterId;
use crate::storage::disputes::{counter_notices, court_actions};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{counter_notices as table, submissions};
use crate::storage::record::verify_chains::Broken;

/// Compares those of a page of cases.
pub(super) fn compare(
    conn: &mut Conn,
    cases: &[i64],
    told: &Told,
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
                Some(told) if told.digest.is_some_and(|digest| digest != row.digest) => "it does not say what came",
                Some(told) if told.state != row.state => "its state is not what the record tells",
                Some(told) if told.sha256.is_some_and(|d| arrived.get(&row.id).map(String::as_str) != Some(d)) => {
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
    digest: Option<&'a str>,
    sha256: Option<&'a str>,
}

fn states(events: &[Event]) -> HashMap<i64, Stands<'_>> {
    let mut all: HashMap<i64, Stands<'_>> = HashMap::new();
    for event in events {
        let Some(id) = event.number("counter_notice") else { continue };
        let state = match event.kind.as_str() {
            "counter_notice.received" => {
                let (digest, sha256) = (event.text("said_sha256"), event.text("sha256"));
                all.insert(id, Stands { state: "running", digest, sha256 });
                continue;
            }
            "counter_notice.due" => "due",
            "counter_notice.sustained" => "restored",
            "counter_notice.moot" => "moot",
            "court_action.received" if event.flag("stops").or(event.flag("in_time")) == Some(true) => "stopped",
            _ => continue,
        };
        if let Some(stands) = all.get_mut(&id) {
            stands.state = state;
        }
    }
    all
}

fn court(subject: &str, events: &[Event], rows: &[(i64, String)], found: &mut Vec<Broken>) {
    let told: Vec<&Event> = events.iter().filter(|e| e.kind == "court_action.received").collect();
    if told.len() != rows.len() {
        differs(found, subject, "it has more or fewer court actions than the record tells");
    }
    let there: HashSet<(i64, &str)> = rows.iter().map(|(id, digest)| (*id, digest.as_str())).collect();
    for (id, digest) in told.iter().filter_map(|e| Some((e.number("court_action")?, e.text("sha256")?))) {
        if !there.contains(&(id, digest)) {
            differs(found, subject, format!("court action {id} is gone, or is not what the record tells"));
        }
    }
}
