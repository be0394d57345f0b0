//! Letters that count against what one receiver may be made to get, and those that wait to be gathered.

use diesel::prelude::*;

use super::letters::LetterRow;
use crate::domain::base::ids::LetterId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::{counted_letters, gathered_letters, letters};

/// How many letters of which kinds went to a receiver, or to a domain, lately.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub all: usize,
    pub of_kind: usize,
}

/// Kinds of the letters that something holds of since a moment, at most so many.
macro_rules! kinds_since {
    ($conn:expr, $what:expr, $since:expr, $most:expr) => {{
        let kinds: Vec<String> = counted_letters::table
            .filter($what)
            .filter(counted_letters::sent_at.ge($since.0))
            .select(counted_letters::kind)
            .limit(i64::try_from($most).unwrap_or(i64::MAX))
            .fixed(here!())
            .rows($conn)?;
        kinds
    }};
}

/// Counts what went to a receiver (an address without its `+` extension) since a moment, up to `most`.
pub fn to_receiver(
    conn: &mut Conn,
    (receiver, kind): (&str, &str),
    since: Moment,
    most: usize,
) -> Result<Counts, StorageError> {
    Ok(counts(&kinds_since!(conn, counted_letters::receiver.eq(receiver), since, most), kind))
}

/// As [`to_receiver`], for a domain.
pub fn to_domain(
    conn: &mut Conn,
    (domain, kind): (&str, &str),
    since: Moment,
    most: usize,
) -> Result<Counts, StorageError> {
    Ok(counts(&kinds_since!(conn, counted_letters::domain.eq(domain), since, most), kind))
}

fn counts(kinds: &[String], kind: &str) -> Counts {
    Counts { all: kinds.len(), of_kind: kinds.iter().filter(|k| *k == kind).count() }
}

/// Counts a letter that is sent; `domain` where the domain has a limit.
pub fn add(conn: &mut Conn, receiver: &str, domain: Option<&str>, kind: &str, now: Moment) -> Result<(), StorageError> {
    diesel::insert_into(counted_letters::table)
        .values((
            counted_letters::receiver.eq(receiver),
            counted_letters::domain.eq(domain),
            counted_letters::kind.eq(kind),
            counted_letters::sent_at.eq(now.0),
        ))
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

/// Removes the oldest counted letters before a moment, at most a thousand. Returns how many.
pub fn sweep(conn: &mut Conn, before: Moment) -> Result<usize, StorageError> {
    let oldest: Vec<(i64, i64)> = counted_letters::table
        .order(counted_letters::id)
        .limit(1000)
        .select((counted_letters::id, counted_letters::sent_at))
        .load(conn)?;
    let old: Vec<i64> = oldest.into_iter().filter(|(_, sent)| *sent < before.0).map(|(id, _)| id).collect();
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(counted_letters::table.filter(counted_letters::id.eq_any(old))).execute(conn)?)
}

/// Whether the oldest counted letter is from before a moment.
pub fn any_before(conn: &mut Conn, before: Moment) -> Result<bool, StorageError> {
    let oldest: Option<i64> =
        counted_letters::table.order(counted_letters::id).select(counted_letters::sent_at).first(conn).optional()?;
    Ok(oldest.is_some_and(|sent| sent < before.0))
}

/// When what waits for a receiver is gathered, where something does.
pub fn gathered_at(conn: &mut Conn, receiver: &str) -> Result<Option<Moment>, StorageError> {
    let due: Option<i64> = gathered_letters::table
        .filter(gathered_letters::receiver.eq(receiver))
        .order(gathered_letters::letter_id)
        .select(gathered_letters::due_at)
        .first(conn)
        .optional()?;
    Ok(due.map(Moment))
}

/// A letter waits to be gathered.
pub fn gather(conn: &mut Conn, letter: LetterId, receiver: &str, due: Moment) -> Result<(), StorageError> {
    diesel::insert_into(gathered_letters::table)
        .values((
            gathered_letters::letter_id.eq(letter.0),
            gathered_letters::receiver.eq(receiver),
            gathered_letters::due_at.eq(due.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Receivers for whom letters are to be gathered now, at most `limit`.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<String>, StorageError> {
    Ok(gathered_letters::table
        .filter(gathered_letters::due_at.le(now.0))
        .group_by(gathered_letters::receiver)
        .order(gathered_letters::receiver)
        .limit(limit)
        .select(gathered_letters::receiver)
        .load(conn)?)
}

/// The letters that wait for a receiver, oldest first.
pub fn waiting(conn: &mut Conn, receiver: &str, limit: i64) -> Result<Vec<LetterRow>, StorageError> {
    Ok(gathered_letters::table
        .inner_join(letters::table)
        .filter(gathered_letters::receiver.eq(receiver))
        .order(gathered_letters::letter_id)
        .limit(limit)
        .select(LetterRow::as_select())
        .load(conn)?)
}

/// Letters do not wait any more.
pub fn done(conn: &mut Conn, ids: &[i64]) -> Result<(), StorageError> {
    for chunk in ids.chunks(500) {
        diesel::delete(gathered_letters::table.filter(gathered_letters::letter_id.eq_any(chunk))).execute(conn)?;
    }
    Ok(())
}

/// What is left for a receiver is gathered later.
pub fn put_off(conn: &mut Conn, receiver: &str, until: Moment) -> Result<(), StorageError> {
    let left = gathered_letters::table.filter(gathered_letters::receiver.eq(receiver));
    diesel::update(left).set(gathered_letters::due_at.eq(until.0)).execute(conn)?;
    Ok(())
}

/// Puts a letter that was just queued aside: `withheld` or `gathered`, with the reason. It loses its tokens.
pub fn set_aside(
    conn: &mut Conn,
    letter: LetterId,
    state: &'static str,
    why: &str,
    now: Moment,
) -> Result<(), StorageError> {
    diesel::update(letters::table.find(letter.0))
        .set((letters::state.eq(state), letters::answer.eq(why), letters::settled_at.eq(now.0), letters::tokens.eq("")))
        .execute(conn)?;
    Ok(())
}
