//! Letters: every one that an event tells of is there with what it says, and what became of it is what the record tells.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::page::{PAGE, after, differs, letter_digest, read};
use crate::domain::record::event::{Event, EventKind};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{events, letters};
use crate::storage::outbox::letter_digests;
use crate::storage::outbox::letters::LetterRow;
use crate::storage::record::events::EventRow;
use crate::storage::record::verify_chains::Broken;

/// Kinds of events that tell what became of a letter.
const KINDS: [EventKind; 4] =
    [EventKind::LetterAccepted, EventKind::LetterFailed, EventKind::LetterBounced, EventKind::LetterRetried];

/// The letter that an event tells the fate of.
fn letter_of(event: &Event) -> Option<i64> {
    match event {
        Event::LetterAccepted(facts) | Event::LetterFailed(facts) => Some(facts.letter.0),
        Event::LetterBounced(facts) => Some(facts.letter.0),
        Event::LetterRetried(facts) => Some(facts.letter.0),
        _ => None,
    }
}

/// Returns how many letters there are.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    gone(conn, found)?;
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let page: Vec<LetterRow> = letters::table
            .filter(letters::id.gt(after))
            .order(letters::id)
            .limit(PAGE)
            .select(LetterRow::as_select())
            .load(conn)?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        count += u64::try_from(page.len()).unwrap_or(0);
        compare(conn, &page, found)?;
    }
}

/// Letters that events tell of and that are not there.
fn gone(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let mut last = i64::MIN;
    loop {
        let page = after(conn, last)?;
        let Some((newest, _)) = page.last() else { return Ok(()) };
        last = newest.id;
        let told: Vec<(i64, String)> =
            page.into_iter().filter_map(|(row, recorded)| Some((letter_of(&recorded?.event)?, row.subject))).collect();
        let ids: Vec<i64> = told.iter().map(|(id, _)| *id).collect();
        let there: Vec<i64> = letters::table.filter(letters::id.eq_any(ids)).select(letters::id).load(conn)?;
        let there: HashSet<i64> = there.into_iter().collect();
        for (id, subject) in told.iter().filter(|(id, _)| !there.contains(id)) {
            differs(found, subject, format!("letter {id} is gone"));
        }
    }
}

/// Whose record a letter belongs to; nothing for one about nothing on record.
fn subject_of(letter: &LetterRow) -> Option<String> {
    let case = letter.case_id.map(|id| format!("case:{id}"));
    let notice = || letter.notice_id.map(|id| format!("notice:{id}"));
    case.or_else(notice).or_else(|| letter.customer_id.map(|id| format!("customer:{id}")))
}

fn compare(conn: &mut Conn, page: &[LetterRow], found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let digests = letter_digests::of(conn, page)?;
    let told = told(conn, page)?;
    for letter in page {
        let Some(subject) = subject_of(letter) else { continue };
        let events = told.get(&letter.id).map_or(&[][..], Vec::as_slice);
        let changed = |stored: &letter_digests::LetterDigests| {
            let mut all = events.iter().filter_map(|event| Some((event.kind(), letter_digest(event)?)));
            all.any(|(kind, told)| stored.of_event(kind).map(String::as_str) != Some(told))
        };
        let Some(stored) = digests.get(&letter.id) else {
            differs(found, &subject, format!("what letter {} says is gone", letter.id));
            continue;
        };
        if changed(stored) {
            differs(found, &subject, format!("letter {} does not say what was sent", letter.id));
        }
        let state = events.last().map(Event::kind).and_then(state_after);
        let settled = ["accepted", "failed", "bounced"].contains(&letter.state.as_str());
        let same = match state {
            None => !settled,
            Some(state) => state == letter.state,
        };
        if !same {
            differs(found, &subject, format!("what became of letter {} is not what the record tells", letter.id));
        }
    }
    Ok(())
}

/// What the events of a page's subjects tell of its letters, by row number.
fn told(conn: &mut Conn, page: &[LetterRow]) -> Result<HashMap<i64, Vec<Event>>, StorageError> {
    let subjects: HashSet<String> = page.iter().filter_map(subject_of).collect();
    let wanted: HashSet<i64> = page.iter().map(|letter| letter.id).collect();
    let rows: Vec<EventRow> = events::table
        .filter(events::subject.eq_any(subjects))
        .filter(events::kind.eq_any(KINDS.map(EventKind::code)))
        .order(events::id)
        .select(EventRow::as_select())
        .load(conn)?;
    let mut all: HashMap<i64, Vec<Event>> = HashMap::new();
    for recorded in read(conn, rows)?.into_iter().filter_map(|(_, recorded)| recorded) {
        if let Some(id) = letter_of(&recorded.event).filter(|id| wanted.contains(id)) {
            all.entry(id).or_default().push(recorded.event);
        }
    }
    Ok(all)
}

/// The state of a letter after the last event that tells of it; none where it is on its way again.
fn state_after(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::LetterAccepted => Some("accepted"),
        EventKind::LetterFailed => Some("failed"),
        EventKind::LetterBounced => Some("bounced"),
        _ => None,
    }
}
