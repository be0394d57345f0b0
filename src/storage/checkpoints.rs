//! Daily checkpoints over the heads of all chains that moved: a deleted or rewritten chain becomes visible
//! even where its head was replaced with it.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use sha2::{Digest, Sha256};

use super::connection::{Conn, insert_all};
use super::error::StorageError;
use super::events::Broken;
use super::schema::{checkpoint_heads, checkpoints, events, heads};
use crate::domain::moment::{Moment, Span};

type Head = (String, i64, Vec<u8>);

/// A transaction that was open while the checkpoint before was made may have stamped an earlier time.
const OVERLAP: Span = Span::hours(1);

#[derive(Insertable)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(table_name = checkpoint_heads)]
struct NewHead<'a> {
    checkpoint_id: i64,
    subject: &'a str,
    seq: i64,
    hash: &'a [u8],
}

/// When the last checkpoint was made.
pub fn last_at(conn: &mut Conn) -> Result<Option<Moment>, StorageError> {
    let at: Option<i64> = checkpoints::table.select(diesel::dsl::max(checkpoints::at)).first(conn)?;
    Ok(at.map(Moment))
}

/// Number and digest of the newest checkpoint.
pub fn newest(conn: &mut Conn) -> Result<Option<(i64, Vec<u8>)>, StorageError> {
    let newest = checkpoints::table.order(checkpoints::id.desc()).select((checkpoints::id, checkpoints::digest));
    Ok(newest.first(conn).optional()?)
}

/// Makes a checkpoint; `Conflict` when another node makes it too. Returns its number, how many chains it names and its digest.
pub fn make(conn: &mut Conn, now: Moment) -> Result<(i64, usize, Vec<u8>), StorageError> {
    let previous: Option<(i64, i64, Vec<u8>)> =
        checkpoints::table.order(checkpoints::id.desc()).first(conn).optional()?;
    let (id, since, before) =
        previous.map_or((1, i64::MIN, Vec::new()), |(id, at, digest)| (id + 1, (Moment(at) - OVERLAP).0, digest));
    let mut moved: Vec<Head> = heads::table
        .filter(heads::changed_at.ge(since))
        .select((heads::subject, heads::seq, heads::hash))
        .load(conn)?;
    // Sorted here, by bytes: the two databases need not agree on an order.
    moved.sort();
    let digest = digest(&before, now, &moved);
    // The number is the place in the chain: of two nodes that make it at the same time one is refused.
    let inserted = diesel::insert_into(checkpoints::table)
        .values((checkpoints::id.eq(id), checkpoints::at.eq(now.0), checkpoints::digest.eq(&digest)))
        .execute(conn);
    if let Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) = inserted {
        return Err(StorageError::Conflict { table: "checkpoints", id });
    }
    inserted?;
    // Some at a time: a day's chains can be many.
    for some in moved.chunks(1000) {
        let rows: Vec<NewHead<'_>> =
            some.iter().map(|(subject, seq, hash)| NewHead { checkpoint_id: id, subject, seq: *seq, hash }).collect();
        insert_all!(conn, checkpoint_heads::table, &rows);
    }
    Ok((id, moved.len(), digest))
}

fn digest(before: &[u8], at: Moment, heads: &[Head]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(at.0.to_be_bytes());
    for (subject, seq, head) in heads {
        hash.update(u64::try_from(subject.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(subject.as_bytes());
        hash.update(seq.to_be_bytes());
        hash.update(head);
    }
    hash.finalize().to_vec()
}

/// Checks every checkpoint against its digest and against the chains. Returns how many there are.
pub fn verify(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<usize, StorageError> {
    let all: Vec<(i64, i64, Vec<u8>)> = checkpoints::table.order(checkpoints::id).load(conn)?;
    let mut before = Vec::new();
    for (id, at, stored) in &all {
        let mut list: Vec<Head> = checkpoint_heads::table
            .filter(checkpoint_heads::checkpoint_id.eq(id))
            .select((checkpoint_heads::subject, checkpoint_heads::seq, checkpoint_heads::hash))
            .load(conn)?;
        list.sort();
        if &digest(&before, Moment(*at), &list) != stored {
            found.push(Broken::CheckpointChanged { checkpoint: *id });
        }
        compare(conn, *id, found)?;
        before.clone_from(stored);
    }
    Ok(all.len())
}

/// Heads of a checkpoint that the chains do not have any more.
fn compare(conn: &mut Conn, id: i64, found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let same = events::subject
        .eq(checkpoint_heads::subject)
        .and(events::seq.eq(checkpoint_heads::seq))
        .and(events::hash.eq(checkpoint_heads::hash));
    let gone: Vec<(String, i64)> = checkpoint_heads::table
        .filter(checkpoint_heads::checkpoint_id.eq(id))
        .filter(diesel::dsl::not(diesel::dsl::exists(events::table.filter(same))))
        .select((checkpoint_heads::subject, checkpoint_heads::seq))
        .limit(1000)
        .load(conn)?;
    found.extend(gone.into_iter().map(|(subject, seq)| Broken::CheckpointDiffers { checkpoint: id, subject, seq }));
    Ok(())
}
