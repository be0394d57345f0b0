//! Answers of customers: every one that an event tells of is there as it was given, and no other.

use std::collections::HashMap;

use diesel::prelude::*;

use super::page::{RecordedEvents, by_case, differs};
use crate::domain::base::moment::Moment;
use crate::domain::record::event::Event;
use crate::storage::cases::responses::Response;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::responses;
use crate::storage::record::verify_chains::Broken;

type Row = (i64, i64, i64, String, String, String);

/// Compares the answers of a page of cases.
pub(super) fn compare(
    conn: &mut Conn,
    cases: &[i64],
    told: &RecordedEvents,
    found: &mut Vec<Broken>,
) -> Result<(), StorageError> {
    let rows: Vec<Row> = responses::table
        .filter(responses::case_id.eq_any(cases))
        .order(responses::id)
        .select((responses::case_id, responses::id, responses::at, responses::kind, responses::note, responses::via))
        .load(conn)?;
    let rows =
        by_case(rows.into_iter().map(|(case, id, at, kind, note, via)| (case, (id, digest(at, &kind, note, via)))));
    for case in cases {
        let answered = told.of(*case).iter().filter_map(|told| match &told.event {
            Event::CaseAnswered(facts) => Some(facts),
            _ => None,
        });
        let answered: Vec<_> = answered.collect();
        let there = rows.get(case).map_or(&[][..], Vec::as_slice);
        if answered.len() != there.len() {
            differs(found, format!("case:{case}"), "it has more or fewer answers than the record tells");
        }
        let stored: HashMap<i64, &str> = there.iter().map(|(id, digest)| (*id, digest.as_str())).collect();
        for facts in answered {
            let id = facts.response;
            if !stored.get(&id).is_some_and(|digest| facts.sha256.fits(digest)) {
                differs(found, format!("case:{case}"), format!("answer {id} is gone, or is not what the record tells"));
            }
        }
    }
    Ok(())
}

fn digest(at: i64, kind: &str, note: String, via: String) -> String {
    // A kind that is none has no digest that an event could tell.
    kind.parse().map_or_else(|()| String::new(), |kind| Response { at: Moment(at), kind, note, via }.digest())
}
