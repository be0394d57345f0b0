//! Daily checkpoints over the heads of all chains that moved: a deleted or rewritten chain becomes visible
//! even where its head was replaced with it.

use std::str::FromStr;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::verify_chains::Broken;
use crate::domain::base::fingerprint::{hex, unhex};
use crate::domain::base::moment::{Moment, Span};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::insert_all;
use crate::storage::engine::schema::{checkpoint_heads, checkpoints, events, heads};

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
    // Times follow numbers, which have an index.
    let at: Option<i64> =
        checkpoints::table.order(checkpoints::id.desc()).select(checkpoints::at).first(conn).optional()?;
    Ok(at.map(Moment))
}

/// Number and digest of the newest checkpoint.
pub fn newest(conn: &mut Conn) -> Result<Option<(i64, Vec<u8>)>, StorageError> {
    let newest = checkpoints::table.order(checkpoints::id.desc()).select((checkpoints::id, checkpoints::digest));
    Ok(newest.first(conn).optional()?)
}

/// A checkpoint with everything its digest was made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Whole {
    pub id: i64,
    /// Microseconds since the epoch.
    pub at: i64,
    /// Digest of the checkpoint before, in hexadecimal; empty for the first.
    pub before: String,
    pub digest: String,
    /// Subject, number of the last event, its hash in hexadecimal; sorted.
    pub heads: Vec<(String, i64, String)>,
}

impl Whole {
    /// The digest of what stands in it, in hexadecimal; nothing where that is no hexadecimal.
    pub fn computed(&self) -> Option<String> {
        let heads: Option<Vec<Head>> =
            self.heads.iter().map(|(subject, seq, hash)| Some((subject.clone(), *seq, unhex(hash)?))).collect();
        Some(hex(&digest(&unhex(&self.before)?, Moment(self.at), &heads?)))
    }
}

/// The newest checkpoint that names a chain.
pub fn naming(conn: &mut Conn, subject: &str) -> Result<Option<i64>, StorageError> {
    let named = checkpoint_heads::table.filter(checkpoint_heads::subject.eq(subject));
    let newest = named.order(checkpoint_heads::checkpoint_id.desc()).select(checkpoint_heads::checkpoint_id);
    Ok(newest.first(conn).optional()?)
}

/// One checkpoint with the heads it names.
pub fn whole(conn: &mut Conn, id: i64) -> Result<Whole, StorageError> {
    let row: Option<(i64, i64, Vec<u8>)> = checkpoints::table.find(id).first(conn).optional()?;
    let (id, at, digest) = row.ok_or_else(|| StorageError::NotFound { table: "checkpoints", id: id.to_string() })?;
    let before: Option<Vec<u8>> = checkpoints::table.find(id - 1).select(checkpoints::digest).first(conn).optional()?;
    let heads = named(conn, id)?.into_iter().map(|(subject, seq, hash)| (subject, seq, hex(&hash))).collect();
    Ok(Whole { id, at, before: hex(&before.unwrap_or_default()), digest: hex(&digest), heads })
}

/// Compares a checkpoint with its number and digest as they were kept outside the database: a record that was made
/// anew as a whole does not have it.
pub fn compare_kept(conn: &mut Conn, kept: &OutsideCheckpoint, found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let stored: Option<Vec<u8>> =
        checkpoints::table.find(kept.id).select(checkpoints::digest).first(conn).optional()?;
    let checkpoint = kept.id;
    match stored {
        Some(digest) if hex(&digest) == kept.digest => {}
        Some(_) => found.push(Broken::CheckpointReplaced { checkpoint }),
        None => {
            let newest = newest(conn)?.map_or(0, |(id, _)| id);
            found.push(Broken::CheckpointUnknown { checkpoint, newest });
        }
    }
    Ok(())
}

/// A checkpoint as it is kept outside the database: `ID:DIGEST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideCheckpoint {
    pub id: i64,
    /// Hexadecimal, lower case.
    pub digest: String,
}

impl FromStr for OutsideCheckpoint {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = "write a checkpoint as NUMBER:DIGEST, the digest in 64 hexadecimal digits";
        let (id, digest) = text.split_once(':').ok_or(words)?;
        let (id, digest) = (id.trim().parse().map_err(|_| words)?, digest.trim().to_lowercase());
        let whole = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        if whole { Ok(Self { id, digest }) } else { Err(words) }
    }
}

/// A checkpoint that is being made, a part at a time: a day's chains can be millions, and others want to write too.
///
/// Each part is a link of the chain of checkpoints. All but the last carry the time of the checkpoint before, so that
/// one that was never finished is begun anew; naming a chain twice does no harm.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The checkpoint before.
    last: Option<Moment>,
    /// Up to which head it has come: the time of its last change, and whose it is.
    after: (i64, String),
    part: i64,
    chains: usize,
}

/// A part that was made.
#[derive(Clone, Debug)]
pub struct Part {
    pub id: i64,
    pub digest: Vec<u8>,
    /// Chains named so far, by all parts.
    pub chains: usize,
    /// Where others follow.
    pub rest: Option<Begun>,
}

/// Begins a checkpoint of parts of so many chains; changes nothing.
pub fn begin(conn: &mut Conn, part: i64) -> Result<Begun, StorageError> {
    let last = last_at(conn)?;
    let since = last.map_or(i64::MIN, |at| (at - OVERLAP).0);
    Ok(Begun { last, after: (since, String::new()), part, chains: 0 })
}

/// Makes the next part; `Conflict` when another node makes the checkpoint too.
pub fn go_on(conn: &mut Conn, mut begun: Begun, now: Moment) -> Result<Part, StorageError> {
    let newest: Option<(i64, i64, Vec<u8>)> =
        checkpoints::table.order(checkpoints::id.desc()).first(conn).optional()?;
    let (id, last, before) =
        newest.map_or((1, None, Vec::new()), |(id, at, digest)| (id + 1, Some(Moment(at)), digest));
    if last != begun.last {
        return Err(StorageError::Conflict { table: "checkpoints", id });
    }
    let mut moved = moved(conn, &mut begun)?;
    begun.chains += moved.len();
    let done = i64::try_from(moved.len()).unwrap_or(i64::MAX) < begun.part;
    // Sorted here, by bytes: the two databases need not agree on an order.
    moved.sort();
    let at = if done { now } else { *begun.last.get_or_insert(Moment(0)) };
    let digest = digest(&before, at, &moved);
    // The number is the place in the chain: of two nodes that make it at the same time one is refused.
    let inserted = diesel::insert_into(checkpoints::table)
        .values((checkpoints::id.eq(id), checkpoints::at.eq(at.0), checkpoints::digest.eq(&digest)))
        .execute(conn);
    if let Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) = inserted {
        return Err(StorageError::Conflict { table: "checkpoints", id });
    }
    inserted?;
    let rows: Vec<NewHead<'_>> =
        moved.iter().map(|(subject, seq, hash)| NewHead { checkpoint_id: id, subject, seq: *seq, hash }).collect();
    insert_all!(conn, checkpoint_heads::table, &rows);
    Ok(Part { id, digest, chains: begun.chains, rest: (!done).then_some(begun) })
}

/// The next heads that moved, in the order in which they did. One that moves meanwhile comes again at the end.
fn moved(conn: &mut Conn, begun: &mut Begun) -> Result<Vec<Head>, StorageError> {
    let (at, subject) = &begun.after;
    let rows: Vec<(i64, Head)> = heads::table
        .filter(heads::changed_at.ge(at))
        .filter(heads::changed_at.gt(at).or(heads::subject.gt(subject)))
        .order((heads::changed_at, heads::subject))
        .limit(begun.part)
        .select((heads::changed_at, (heads::subject, heads::seq, heads::hash)))
        .load(conn)?;
    if let Some((at, head)) = rows.last() {
        begun.after = (*at, head.0.clone());
    }
    Ok(rows.into_iter().map(|(_, head)| head).collect())
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
    let (mut count, mut after, mut before) = (0, 0, Vec::new());
    loop {
        let some: Vec<(i64, i64, Vec<u8>)> =
            checkpoints::table.filter(checkpoints::id.gt(after)).order(checkpoints::id).limit(1000).load(conn)?;
        let Some((last, ..)) = some.last() else { return Ok(count) };
        (count, after) = (count + some.len(), *last);
        for (id, at, stored) in some {
            if digest(&before, Moment(at), &named(conn, id)?) != stored {
                found.push(Broken::CheckpointChanged { checkpoint: id });
            }
            compare(conn, id, found)?;
            before = stored;
        }
    }
}

fn named(conn: &mut Conn, checkpoint: i64) -> Result<Vec<Head>, StorageError> {
    let mut list: Vec<Head> = checkpoint_heads::table
        .filter(checkpoint_heads::checkpoint_id.eq(checkpoint))
        .select((checkpoint_heads::subject, checkpoint_heads::seq, checkpoint_heads::hash))
        .load(conn)?;
    list.sort();
    Ok(list)
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
