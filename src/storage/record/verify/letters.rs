//! Letters: every one that an event tells of is there with what it says, and what became of it is what the record tells.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::page::{Event, PAGE, differs, event};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{events, letters};
use crate::storage::outbox::letter_digests;
use crate::storage::outbox::letters::LetterRow;
use crate::storage::record::verify_chains::Broken;

/// Kinds of events that tell what became of a letter.
const KINDS: [&str; 4] = ["letter.accepted", "letter.failed", "letter.bounced", "letter.retried"];

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
    let mut after = i64::MIN;
    loop {
        let page: Vec<(i64, String, String, String)> = events::table
            .filter(events::id.gt(after))
            .order(events::id)
            .limit(1000)
            .select((events::id, events::subject, events::kind, events::facts))
            .load(conn)?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = *last;
        let told: Vec<(i64, String)> = page
            .into_iter()
            .filter(|(_, _, kind, _)| KINDS.contains(&kind.as_str()))
            .filter_map(|(_, subject, kind, facts)| {
                Some((event(kind, &facts, String::new()).number("letter")?, subject))
            })
            .collect();
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
            let told = |e: &&Event| e.text("sha256").map(|told| (e.kind.clone(), told.to_owned()));
            let mut all = events.iter().filter_map(|e| told(&e));
            all.any(|(kind, told)| stored.of_event(&kind) != Some(&told))
        };
        let Some(stored) = digests.get(&letter.id) else {
            differs(found, &subject, format!("what letter {} says is gone", letter.id));
            continue;
        };
        if changed(stored) {
            differs(found, &subject, format!("letter {} does not say what was sent", letter.id));
        }
        let state = events.last().and_then(|e| e.kind.strip_prefix("letter."));
        let settled = ["accepted", "failed", "bounced"].contains(&letter.state.as_str());
        let same = match state {
            None | Some("retried") => !settled,
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
    let rows: Vec<(String, String)> = events::table
        .filter(events::subject.eq_any(subjects))
        .filter(events::kind.eq_any(KINDS))
        .order(events::id)
        .select((events::kind, events::facts))
        .load(conn)?;
    let mut all: HashMap<i64, Vec<Event>> = HashMap::new();
    for (kind, facts) in rows {
        let event = event(kind, &facts, String::new());
        if let Some(id) = event.number("letter").filter(|id| wanted.contains(id)) {
            all.entry(id).or_default().push(event);
        }
    }
    Ok(all)
}
