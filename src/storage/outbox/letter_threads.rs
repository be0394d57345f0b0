//! What letters answer: the mail that came in, and the earlier letters to the same receiver (RFC 5322 section 3.6.4).

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use super::letters::LetterRow;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{letters, notices, submissions};

/// Message-IDs that one letter names at most: the first and the latest.
const MOST: usize = 10;

/// Message-IDs, with angle brackets, that each of some letters refers to, by the letter's number; the last one is what it
/// answers. A letter that begins a thread is left out.
pub fn of(conn: &mut Conn, some: &[LetterRow]) -> Result<HashMap<i64, Vec<String>>, StorageError> {
    let mails = mails(conn, some)?;
    let earlier = earlier(conn, some)?;
    let mut threads = HashMap::new();
    for letter in some {
        let mut thread: Vec<String> = mail_of(letter).and_then(|of| mails.get(&of)).cloned().into_iter().collect();
        let before = earlier.get(&key(letter)).map_or(&[][..], Vec::as_slice);
        thread.extend(before.iter().filter(|(id, _)| *id < letter.id).map(|(_, message_id)| message_id.clone()));
        if thread.len() > MOST {
            thread.drain(1..=thread.len() - MOST);
        }
        if !thread.is_empty() {
            threads.insert(letter.id, thread);
        }
    }
    Ok(threads)
}

/// What a letter answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Mail {
    Submission(i64),
    /// The mail that a notice came by; only its sender gets letters about it as such.
    OfNotice(i64),
}

fn mail_of(letter: &LetterRow) -> Option<Mail> {
    let notice = letter.notice_id.filter(|_| letter.customer_id.is_none());
    letter.answers_id.map(Mail::Submission).or(notice.map(Mail::OfNotice))
}

fn mails(conn: &mut Conn, some: &[LetterRow]) -> Result<HashMap<Mail, String>, StorageError> {
    let (mut direct, mut of_notices) = (Vec::new(), Vec::new());
    for mail in some.iter().filter_map(mail_of) {
        match mail {
            Mail::Submission(id) => direct.push(id),
            Mail::OfNotice(id) => of_notices.push(id),
        }
    }
    let mut found = HashMap::new();
    if !direct.is_empty() {
        let facts = submissions::table.filter(submissions::id.eq_any(direct));
        let facts: Vec<(i64, String)> = facts.select((submissions::id, submissions::facts)).load(conn)?;
        found.extend(facts.iter().filter_map(|(id, facts)| Some((Mail::Submission(*id), message_id(facts)?))));
    }
    if !of_notices.is_empty() {
        let by_mail = notices::table
            .inner_join(submissions::table.on(submissions::id.eq(notices::submission_id)))
            .filter(notices::id.eq_any(of_notices))
            .filter(submissions::channel.eq("mail"));
        let facts: Vec<(i64, String)> = by_mail.select((notices::id, submissions::facts)).load(conn)?;
        found.extend(facts.iter().filter_map(|(id, facts)| Some((Mail::OfNotice(*id), message_id(facts)?))));
    }
    Ok(found)
}

/// The Message-ID among the facts of a mail, where it can stand in a header.
fn message_id(facts: &str) -> Option<String> {
    let facts: Value = serde_json::from_str(facts).ok()?;
    let id = facts.get("message_id")?.as_str()?;
    let plain = id.contains('@') && id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'));
    (plain && id.len() <= 250).then(|| format!("<{id}>"))
}

/// Letters of one thread: about the same case, or the same notice, to the same address.
type Key = (Option<i64>, Option<i64>, String);

fn key(letter: &LetterRow) -> Key {
    (letter.case_id, letter.notice_id.filter(|_| letter.case_id.is_none()), letter.to_address.clone())
}

/// Number, Message-ID, case, notice, receiver.
type Row = (i64, String, Option<i64>, Option<i64>, String);

fn earlier(conn: &mut Conn, some: &[LetterRow]) -> Result<HashMap<Key, Vec<(i64, String)>>, StorageError> {
    let cases: Vec<i64> = some.iter().filter_map(|l| l.case_id).collect();
    let about: Vec<i64> = some.iter().filter(|l| l.case_id.is_none()).filter_map(|l| l.notice_id).collect();
    let columns = (letters::id, letters::message_id, letters::case_id, letters::notice_id, letters::to_address);
    let mut rows: Vec<Row> = Vec::new();
    if !cases.is_empty() {
        rows.extend(letters::table.filter(letters::case_id.eq_any(cases)).select(columns).load(conn)?);
    }
    if !about.is_empty() {
        let of_notices = letters::table.filter(letters::notice_id.eq_any(about)).filter(letters::case_id.is_null());
        rows.extend(of_notices.select(columns).load(conn)?);
    }
    rows.sort_unstable_by_key(|row| row.0);
    let mut found: HashMap<Key, Vec<(i64, String)>> = HashMap::new();
    for (id, message_id, case, notice, to) in rows {
        found.entry((case, notice.filter(|_| case.is_none()), to)).or_default().push((id, message_id));
    }
    Ok(found)
}
