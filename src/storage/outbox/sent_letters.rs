//! Letters as they were sent: the message byte for byte but for the tokens of its links, and the digest of the bytes that
//! a server accepted.

use std::collections::HashMap;

use diesel::prelude::*;

use super::letters::LetterRow;
use crate::domain::base::ids::LetterId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::codec::{Packing, pack, unpack};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::{letters, sent_letters};

/// A letter as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLetter {
    /// When the attempt began that succeeded; deadlines that run from delivery count from it.
    pub sent_at: Moment,
    /// Version of the wording, from 1.
    pub template_version: i32,
    /// SHA-256 of the bytes as sent, tokens included.
    pub digest: Vec<u8>,
    /// The message (RFC 5322) with the tokens blanked out, and the DKIM signature of what was sent.
    pub message: Vec<u8>,
}

/// A copy to be stored with the delivery it belongs to. Packed already, so that the writer has less to do.
#[derive(Clone, Debug)]
pub struct SentCopy {
    subject: String,
    sent_at: Moment,
    template_version: i32,
    digest: Vec<u8>,
    message: Vec<u8>,
    packing: Packing,
}

impl SentCopy {
    /// A copy of a letter with this subject.
    pub fn new(subject: String, sent: SentLetter) -> Self {
        let SentLetter { sent_at, template_version, digest, message } = sent;
        let (message, packing) = match pack(&message) {
            Some(packed) => (packed, Packing::Lz4),
            None => (message, Packing::Plain),
        };
        Self { subject, sent_at, template_version, digest, message, packing }
    }
}

/// Stores the copy of a letter that a server has just accepted, and its subject as sent.
pub fn insert(conn: &mut Conn, letter: &LetterRow, copy: &SentCopy) -> Result<(), StorageError> {
    let values = (
        sent_letters::letter_id.eq(letter.id),
        sent_letters::sent_at.eq(copy.sent_at.0),
        sent_letters::template_version.eq(copy.template_version),
        sent_letters::digest.eq(&copy.digest),
        sent_letters::message.eq(&copy.message),
        sent_letters::packing.eq(copy.packing.code()),
    );
    // Two nodes may have sent the same letter, where one was taken for dead: what was accepted first is kept.
    diesel::insert_into(sent_letters::table).values(values).on_conflict_do_nothing().fixed(here!()).run(conn)?;
    if copy.subject != letter.subject {
        diesel::update(letters::table.find(letter.id)).set(letters::subject.eq(&copy.subject)).execute(conn)?;
    }
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sent_letters)]
struct Row {
    letter_id: i64,
    sent_at: i64,
    template_version: i32,
    digest: Vec<u8>,
    message: Vec<u8>,
    packing: i32,
}

impl Row {
    fn read(self) -> Result<(i64, SentLetter), StorageError> {
        let corrupt = |column| StorageError::corrupt("sent_letters", column, self.letter_id);
        let message = match Packing::from_code(self.packing).ok_or_else(|| corrupt("packing"))? {
            Packing::Plain => self.message,
            Packing::Lz4 => unpack(&self.message).map_err(|_| corrupt("message"))?,
        };
        let (sent_at, template_version, digest) = (Moment(self.sent_at), self.template_version, self.digest);
        Ok((self.letter_id, SentLetter { sent_at, template_version, digest, message }))
    }
}

/// Letters as they were sent, by row number; those that no server has accepted are not among them.
pub fn of(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, SentLetter>, StorageError> {
    let some = sent_letters::table.filter(sent_letters::letter_id.eq_any(ids));
    some.select(Row::as_select()).load(conn)?.into_iter().map(Row::read).collect()
}

/// A letter as it was sent; none where no server has accepted it.
pub fn get(conn: &mut Conn, id: LetterId) -> Result<Option<SentLetter>, StorageError> {
    Ok(of(conn, &[id.0])?.remove(&id.0))
}
