//! The words of letters: a row each, written once, so that a letter on its way does not carry them along.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::letters::LetterRow;
use super::prepared::{Prepared, here};
use super::schema::{letter_words, letters};
use crate::domain::fingerprint;
use crate::domain::ids::LetterId;
use crate::domain::letter_words::{Kept, Packing};

/// Letters taken apart at a time.
const TOGETHER: i64 = 500;

#[derive(Queryable, Selectable)]
#[diesel(table_name = letter_words)]
struct WordsRow {
    letter_id: i64,
    text_part: String,
    html_part: Vec<u8>,
    packing: i32,
}

impl WordsRow {
    fn digest(&self, letter: &LetterRow) -> String {
        let packing = self.packing.to_string();
        let told = [&letter.kind, &letter.to_address, &letter.subject, &self.text_part, &packing];
        fingerprint::of_fields(told.into_iter().map(String::as_bytes).chain([self.html_part.as_slice()]))
    }
    fn read(self, secrets: String) -> Result<Kept, StorageError> {
        let packing = Packing::from_code(self.packing);
        let packing = packing.ok_or_else(|| StorageError::corrupt("letter_words", "packing", self.letter_id))?;
        Ok(Kept { text: self.text_part, html: self.html_part, packing, secrets })
    }
}

/// Keeps the words of a letter that was just stored, with its secrets.
pub(super) fn insert(conn: &mut Conn, letter: i64, words: &Kept) -> Result<(), StorageError> {
    Ok(diesel::insert_into(letter_words::table)
        .values((
            letter_words::letter_id.eq(letter),
            letter_words::text_part.eq(&words.text),
            letter_words::html_part.eq(&words.html),
            letter_words::packing.eq(words.packing.code()),
        ))
        .fixed(here!())
        .run(conn)?)
}

/// The words of some letters, by row number.
pub fn of(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Kept>, StorageError> {
    let rows: Vec<(WordsRow, String)> = letter_words::table
        .inner_join(letters::table)
        .filter(letter_words::letter_id.eq_any(ids))
        .select((WordsRow::as_select(), letters::secrets))
        .load(conn)?;
    rows.into_iter().map(|(row, secrets)| Ok((row.letter_id, row.read(secrets)?))).collect()
}

/// The words of one letter.
pub fn get(conn: &mut Conn, id: LetterId) -> Result<Kept, StorageError> {
    of(conn, &[id.0])?.remove(&id.0).ok_or_else(|| none(id.0))
}

/// A digest of a letter as stored: to whom, subject and words. For the event of what became of it.
pub fn digest(conn: &mut Conn, letter: &LetterRow) -> Result<String, StorageError> {
    let words = letter_words::table.find(letter.id).select(WordsRow::as_select());
    let words: Option<WordsRow> = words.first(conn).optional()?;
    Ok(words.ok_or_else(|| none(letter.id))?.digest(letter))
}

/// The digests of some letters, by row number; none of those without words.
pub(super) fn digests(conn: &mut Conn, some: &[LetterRow]) -> Result<HashMap<i64, String>, StorageError> {
    let ids: Vec<i64> = some.iter().map(|letter| letter.id).collect();
    let rows: Vec<WordsRow> =
        letter_words::table.filter(letter_words::letter_id.eq_any(ids)).select(WordsRow::as_select()).load(conn)?;
    let words: HashMap<i64, WordsRow> = rows.into_iter().map(|row| (row.letter_id, row)).collect();
    Ok(some.iter().filter_map(|letter| Some((letter.id, words.get(&letter.id)?.digest(letter)))).collect())
}

/// A letter has no words: somebody else took them away.
pub fn none(letter: i64) -> StorageError {
    StorageError::NotFound { table: "letter_words", id: letter.to_string() }
}

/// Takes the secrets out of letters that were written while they stood in the words, and may still be sent.
pub(super) fn take_apart(conn: &mut Conn) -> Result<(), StorageError> {
    let mut after = 0;
    loop {
        let some: Vec<WordsRow> = letter_words::table
            .inner_join(letters::table)
            .filter(letters::state.eq_any(["queued", "sending", "deferred", "failed", "bounced"]))
            .filter(letter_words::packing.eq(Packing::Plain.code()))
            .filter(letter_words::letter_id.gt(after))
            .order(letter_words::letter_id)
            .limit(TOGETHER)
            .select(WordsRow::as_select())
            .load(conn)?;
        let Some(last) = some.last() else { return Ok(()) };
        after = last.letter_id;
        conn.transaction(|conn| some.into_iter().try_for_each(|row| take_one_apart(conn, row)))?;
    }
}

fn take_one_apart(conn: &mut Conn, row: WordsRow) -> Result<(), StorageError> {
    let id = row.letter_id;
    let html = String::from_utf8(row.html_part).map_err(|_| StorageError::corrupt("letter_words", "html_part", id))?;
    let kept = Kept::of(&row.text_part, &html);
    diesel::update(letters::table.find(id)).set(letters::secrets.eq(&kept.secrets)).execute(conn)?;
    replace(conn, LetterId(id), &kept)
}

/// Keeps other words for a letter.
pub(super) fn replace(conn: &mut Conn, id: LetterId, words: &Kept) -> Result<(), StorageError> {
    diesel::update(letter_words::table.find(id.0))
        .set((
            letter_words::text_part.eq(&words.text),
            letter_words::html_part.eq(&words.html),
            letter_words::packing.eq(words.packing.code()),
        ))
        .execute(conn)?;
    Ok(())
}
