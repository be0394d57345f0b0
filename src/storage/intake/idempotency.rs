//! Answers kept for a day under the key a client chose, so that a repeat does nothing again.

use diesel::prelude::*;
use diesel::query_dsl::methods;

use crate::domain::base::moment::{Moment, Span};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here, wrote_one};
use crate::storage::engine::schema::idempotent_answers;

/// Name of the table in a [`StorageError::Conflict`]: the same request is being answered by somebody else.
const TABLE: &str = "idempotent_answers";

/// How long an answer is kept.
pub const KEPT: Span = Span::hours(24);

/// An answer given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub body_digest: Vec<u8>,
    pub status: u16,
    pub answer: String,
}

/// The answer kept under a key.
pub fn find(conn: &mut Conn, key_hash: &[u8], now: Moment) -> Result<Option<Known>, StorageError> {
    let row: Option<(Vec<u8>, i32, String)> = idempotent_answers::table
        .find(key_hash)
        .filter(idempotent_answers::created_at.gt((now - KEPT).0))
        .select((idempotent_answers::body_digest, idempotent_answers::status, idempotent_answers::answer))
        .fixed(here!())
        .row(conn)
        .optional()?;
    Ok(row.map(|(body_digest, status, answer)| Known {
        body_digest,
        status: u16::try_from(status).unwrap_or(500),
        answer,
    }))
}

/// Keeps an answer in the transaction that did the work, in the place of an old one. Two requests at once: the second
/// ends in a conflict.
pub fn keep(conn: &mut Conn, key_hash: &[u8], known: &Known, now: Moment) -> Result<(), StorageError> {
    let answer = (
        idempotent_answers::body_digest.eq(&known.body_digest),
        idempotent_answers::status.eq(i32::from(known.status)),
        idempotent_answers::answer.eq(&known.answer),
        idempotent_answers::created_at.eq(now.0),
    );
    let in_its_place = diesel::insert_into(idempotent_answers::table)
        .values((idempotent_answers::key_hash.eq(key_hash), answer))
        .on_conflict(idempotent_answers::key_hash)
        .do_update()
        .set(answer);
    let keep = methods::FilterDsl::filter(in_its_place, idempotent_answers::created_at.le((now - KEPT).0));
    let kept = wrote_one!(conn, keep)?;
    if kept { Ok(()) } else { Err(StorageError::Conflict { table: TABLE, id: 0 }) }
}

/// Whether an answer is old enough to go.
pub fn any_old(conn: &mut Conn, now: Moment) -> Result<bool, StorageError> {
    let old = idempotent_answers::table.filter(idempotent_answers::created_at.le((now - KEPT).0));
    Ok(diesel::select(diesel::dsl::exists(old)).get_result(conn)?)
}

/// Removes old answers.
pub fn sweep(conn: &mut Conn, now: Moment) -> Result<usize, StorageError> {
    let old = idempotent_answers::table.filter(idempotent_answers::created_at.le((now - KEPT).0));
    Ok(diesel::delete(old).execute(conn)?)
}
