//! The data of letters: a row each, written once, so that a letter on its way does not carry it along.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::base::ids::LetterId;
use crate::domain::base::language::Language;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::letter_data;

/// Typed values of a letter, from which it is rendered when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterData {
    pub language: Language,
    /// Version of the fields, from 1.
    pub version: i32,
    /// JSON, without tokens.
    pub json: String,
}

type Row = (i64, String, i32, String);

/// Stores the data of a letter that was just queued.
pub(in crate::storage) fn insert(conn: &mut Conn, letter: i64, data: &LetterData) -> Result<(), StorageError> {
    Ok(diesel::insert_into(letter_data::table)
        .values((
            letter_data::letter_id.eq(letter),
            letter_data::language.eq(data.language.tag()),
            letter_data::version.eq(data.version),
            letter_data::data.eq(&data.json),
        ))
        .fixed(here!())
        .run(conn)?)
}

/// The data of some letters, by row number.
pub fn of(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, LetterData>, StorageError> {
    let rows: Vec<Row> = letter_data::table
        .filter(letter_data::letter_id.eq_any(ids))
        .select((letter_data::letter_id, letter_data::language, letter_data::version, letter_data::data))
        .load(conn)?;
    rows.into_iter().map(|(id, language, version, json)| Ok((id, read((id, language, version, json))?))).collect()
}

/// The data of one letter.
///
/// # Errors
/// `NotFound` where there is no such letter: each is stored with its data.
pub fn get(conn: &mut Conn, id: LetterId) -> Result<LetterData, StorageError> {
    let data = of(conn, &[id.0])?.remove(&id.0);
    data.ok_or_else(|| StorageError::NotFound { table: "letter_data", id: id.to_string() })
}

fn read((id, language, version, json): Row) -> Result<LetterData, StorageError> {
    let language = Language::from_tag(&language).ok_or_else(|| StorageError::corrupt("letter_data", "language", id))?;
    Ok(LetterData { language, version, json })
}
