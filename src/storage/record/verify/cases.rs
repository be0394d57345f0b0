//! Cases against their chains: where they and their locations stand; then what belongs to them, one file each.

use diesel::prelude::*;

use super::page::{PAGE, RecordedEvents, differs};
use super::{counter_notices, files, responses};
use crate::domain::base::moment::Moment;
use crate::domain::cases::answer::AnswerKind;
use crate::domain::record::event::{Event, Recorded};
use crate::storage::cases::case_lists::standing_word;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{cases, customers, locations, notices};
use crate::storage::material::locations::digest_of_states;
use crate::storage::record::verify_chains::Broken;

#[derive(Queryable)]
struct Case {
    id: i64,
    state: String,
    outcome: Option<String>,
    deadline: Option<i64>,
    answer: Option<String>,
    /// Reference of its notice.
    notice: String,
    /// Account number of its customer.
    customer: String,
}

/// Returns how many cases there are.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let page: Vec<Case> = cases::table
            .inner_join(notices::table.on(notices::id.eq(cases::notice_id)))
            .inner_join(customers::table.on(customers::id.eq(cases::customer_id)))
            .filter(cases::id.gt(after))
            .order(cases::id)
            .limit(PAGE)
            .select((
                cases::id,
                cases::state,
                cases::outcome,
                cases::deadline,
                cases::answer,
                notices::reference,
                customers::external_id,
            ))
            .load(conn)?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        count += u64::try_from(page.len()).unwrap_or(0);
        let ids: Vec<i64> = page.iter().map(|c| c.id).collect();
        let told = RecordedEvents::load(conn, "case", &ids, found)?;
        for case in &page {
            stands(conn, case, told.of(case.id), found)?;
        }
        responses::compare(conn, &ids, &told, found)?;
        counter_notices::compare(conn, &ids, &told, found)?;
        files::compare(conn, &ids, &told, found)?;
    }
}

fn stands(conn: &mut Conn, case: &Case, told: &[Recorded], found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let subject = format!("case:{}", case.id);
    let opened = told.iter().find_map(|t| if let Event::CaseOpened(facts) = &t.event { Some(facts) } else { None });
    let Some(opened) = opened else {
        differs(found, subject, "a case that no event tells of");
        return Ok(());
    };
    let last = told.iter().rev().find_map(|t| t.beside.case_state.as_deref());
    if last.is_some_and(|told| told != standing_word(&case.state, case.outcome.as_deref())) {
        differs(found, &subject, "its state is not what the record tells");
    }
    if opened.notice != case.notice || !opened.customer.fits(&case.customer) {
        differs(found, &subject, "its notice or its customer is not what the record tells");
    }
    if deadline(told).is_some_and(|told| case.deadline.map(|at| Moment(at).iso()) != Some(told.iso())) {
        differs(found, &subject, "its deadline is not what the record tells");
    }
    // Who asks for more time has not answered yet.
    let answered = |t: &Recorded| match &t.event {
        Event::CaseAnswered(facts) if facts.answer != AnswerKind::MoreTime => Some(facts.answer),
        _ => None,
    };
    if case.answer.as_deref() != told.iter().rev().find_map(answered).map(AnswerKind::code) {
        differs(found, &subject, "its answer is not what the record tells");
    }
    let states: Vec<(i64, String)> = locations::table
        .filter(locations::case_id.eq(case.id))
        .order(locations::id)
        .select((locations::id, locations::state))
        .load(conn)?;
    if opened.locations != states.len() {
        differs(found, &subject, "it has more or fewer locations than the record tells");
    }
    match told.iter().rev().find_map(|t| t.beside.locations_sha256.as_deref()) {
        Some(told) if told != digest_of_states(&states) => {
            differs(found, &subject, "the states of its locations are not what the record tells");
        }
        // Nothing has happened to them that an event would tell.
        None if last.is_some() && states.iter().any(|(_, s)| s != "reported") => {
            differs(found, &subject, "the states of its locations are not what the record tells");
        }
        _ => {}
    }
    Ok(())
}

/// The deadline that runs or ran last, as the events tell it; nothing where the clock stopped or never ran.
fn deadline(told: &[Recorded]) -> Option<Moment> {
    let mut known = None;
    for told in told {
        match &told.event {
            Event::CaseReached(facts) => known = facts.deadline,
            Event::CaseDeadlineMoved(facts) => known = Some(facts.deadline),
            Event::CaseClockStopped(_) => known = None,
            // The time that is given then is told by no event.
            Event::CaseAnswered(facts) if facts.answer == AnswerKind::MoreTime => known = None,
            _ => {}
        }
    }
    known
}
