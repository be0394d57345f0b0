//! Digests of letters as stored, which events tell, so that a later change is found.

use std::collections::HashMap;

use diesel::prelude::*;

use super::letters::LetterRow;
use crate::domain::base::fingerprint;
use crate::domain::record::event::EventKind;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{letter_data, sent_letters};

/// What is stored of one letter, as digests; with whom it is for.
#[derive(Clone, Debug, Default)]
pub struct LetterDigests {
    /// Of what it is written from.
    pub data: Option<String>,
    /// Of what was sent.
    pub sent: Option<String>,
}

impl LetterDigests {
    /// What the event of a kind tells: of an acceptance what was sent, of anything else what it is written from.
    pub fn of_event(&self, kind: EventKind) -> Option<&String> {
        if kind == EventKind::LetterAccepted { self.sent.as_ref() } else { self.data.as_ref() }
    }
}

/// The digests of some letters, by row number; none for letters of which nothing is stored.
pub fn of(conn: &mut Conn, some: &[LetterRow]) -> Result<HashMap<i64, LetterDigests>, StorageError> {
    type Data = (i64, String, i32, String);
    type Sent = (i64, i64, i32, Vec<u8>, Vec<u8>);
    let rows: HashMap<i64, &LetterRow> = some.iter().map(|letter| (letter.id, letter)).collect();
    let ids: Vec<i64> = rows.keys().copied().collect();
    let mut found: HashMap<i64, LetterDigests> = HashMap::new();
    let data = letter_data::table.filter(letter_data::letter_id.eq_any(&ids));
    for (id, language, version, json) in data.load::<Data>(conn)? {
        let version = version.to_string();
        let fields = [language.as_bytes(), version.as_bytes(), json.as_bytes()];
        found.entry(id).or_default().data = rows.get(&id).map(|letter| digest(letter, &fields));
    }
    let sent = sent_letters::table.filter(sent_letters::letter_id.eq_any(&ids)).select((
        sent_letters::letter_id,
        sent_letters::sent_at,
        sent_letters::template_version,
        sent_letters::digest,
        sent_letters::message,
    ));
    for (id, at, version, of_bytes, message) in sent.load::<Sent>(conn)? {
        let (at, version) = (at.to_string(), version.to_string());
        let fields = [at.as_bytes(), version.as_bytes(), &of_bytes, &message];
        found.entry(id).or_default().sent = rows.get(&id).map(|letter| digest(letter, &fields));
    }
    Ok(found)
}

fn digest(letter: &LetterRow, fields: &[&[u8]]) -> String {
    fingerprint::of_fields(
        [letter.kind.as_bytes(), letter.to_address.as_bytes()].into_iter().chain(fields.iter().copied()),
    )
}
