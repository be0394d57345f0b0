//! Whether the chains of the record are as they were written.

use std::collections::HashMap;

use diesel::prelude::*;

use super::events::EventRow;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{events, heads};

/// A chain that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The row differs from what its hash was made of.
    Changed { subject: String, seq: i64 },
    /// A number is missing or out of order.
    Missing { subject: String, seq: i64 },
    /// The chain is shorter or longer than its head says.
    HeadDiffers { subject: String },
    /// A checkpoint names a head that the chain no longer has.
    CheckpointDiffers { checkpoint: i64, subject: String, seq: i64 },
    /// The heads of a checkpoint are not those its digest was made of.
    CheckpointChanged { checkpoint: i64 },
    /// A checkpoint that was kept elsewhere has another digest here: the record was made anew, or the digest is wrong.
    CheckpointReplaced { checkpoint: i64 },
    /// A checkpoint that was kept elsewhere has a number that is not here; the newest that is.
    CheckpointUnknown { checkpoint: i64, newest: i64 },
    /// What is stored differs from what the events tell; in words without personal data.
    Differs { subject: String, what: String },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed { subject, seq } => {
                write!(f, "{subject}, event {seq}: the row was changed after it was written")
            }
            Self::Missing { subject, seq } => write!(f, "{subject}, event {seq}: missing or out of order"),
            Self::HeadDiffers { subject } => write!(f, "{subject}: the end of the chain is missing or was replaced"),
            Self::CheckpointDiffers { checkpoint, subject, seq } => {
                write!(f, "checkpoint {checkpoint}: {subject} had event {seq}, which is missing or was changed")
            }
            Self::CheckpointChanged { checkpoint } => write!(f, "checkpoint {checkpoint}: its list was changed"),
            Self::CheckpointReplaced { checkpoint } => {
                write!(
                    f,
                    "checkpoint {checkpoint}: its digest is not the one given; the record was rewritten since, or the digest was mistyped"
                )
            }
            Self::CheckpointUnknown { checkpoint, newest: 0 } => {
                write!(f, "checkpoint {checkpoint}: this record has no checkpoints; check the number and the database")
            }
            Self::CheckpointUnknown { checkpoint, newest } => write!(
                f,
                "checkpoint {checkpoint}: this record has none of that number, the newest is {newest}; check the number, and if it is right, checkpoints were removed"
            ),
            Self::Differs { subject, what } => write!(f, "{subject}: {what}"),
        }
    }
}

/// Walks every chain in pages of the subject's index; memory does not grow with the record.
/// Returns how many events were read.
pub fn verify(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let mut read = 0;
    let mut at: (String, i64) = (String::new(), i64::MIN);
    let mut chain: Option<(String, i64, Vec<u8>)> = None;
    loop {
        let page: Vec<EventRow> = events::table
            .filter(events::subject.ge(&at.0))
            .filter(events::subject.gt(&at.0).or(events::subject.eq(&at.0).and(events::seq.gt(at.1))))
            .order((events::subject, events::seq))
            .limit(1000)
            .select(EventRow::as_select())
            .load(conn)?;
        let Some(last) = page.last() else { break };
        at = (last.subject.clone(), last.seq);
        let heads = heads_of(conn, &page, chain.as_ref().map(|c| c.0.as_str()))?;
        for row in &page {
            read += 1;
            chain = Some(step(row, chain.take(), &heads, found));
        }
    }
    if let Some((subject, seq, hash)) = &chain {
        let heads = heads_of(conn, &[], Some(subject))?;
        check_head(subject, *seq, hash, &heads, found);
    }
    missing_chains(conn, found)?;
    Ok(read)
}

type Heads = HashMap<String, (i64, Vec<u8>)>;

/// Heads of the chains on a page, and of the one carried over from the page before.
fn heads_of(conn: &mut Conn, page: &[EventRow], carried: Option<&str>) -> Result<Heads, StorageError> {
    let mut subjects: Vec<&str> = carried.into_iter().chain(page.iter().map(|e| e.subject.as_str())).collect();
    subjects.dedup();
    let rows: Vec<(String, i64, Vec<u8>)> = heads::table
        .filter(heads::subject.eq_any(subjects))
        .select((heads::subject, heads::seq, heads::hash))
        .load(conn)?;
    Ok(rows.into_iter().map(|(s, seq, hash)| (s, (seq, hash))).collect())
}

fn step(
    row: &EventRow,
    before: Option<(String, i64, Vec<u8>)>,
    heads: &Heads,
    found: &mut Vec<Broken>,
) -> (String, i64, Vec<u8>) {
    let (seq, previous) = match before {
        Some((subject, seq, hash)) if subject == row.subject => (seq, hash),
        Some((subject, seq, hash)) => {
            check_head(&subject, seq, &hash, heads, found);
            (0, Vec::new())
        }
        None => (0, Vec::new()),
    };
    if row.seq != seq + 1 {
        found.push(Broken::Missing { subject: row.subject.clone(), seq: seq + 1 });
    } else if row.expected_hash(&previous) != row.hash {
        found.push(Broken::Changed { subject: row.subject.clone(), seq: row.seq });
    }
    // Go on from the stored hash: one change is reported once, not for every later row.
    (row.subject.clone(), row.seq, row.hash.clone())
}

fn check_head(subject: &str, seq: i64, hash: &[u8], heads: &Heads, found: &mut Vec<Broken>) {
    let whole = heads.get(subject).is_some_and(|(head_seq, head_hash)| *head_seq == seq && head_hash == hash);
    if !whole {
        found.push(Broken::HeadDiffers { subject: subject.to_owned() });
    }
}

/// Heads without any event: whole chains that were deleted.
fn missing_chains(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<(), StorageError> {
    let gone: Vec<String> = heads::table
        .filter(diesel::dsl::not(diesel::dsl::exists(events::table.filter(events::subject.eq(heads::subject)))))
        .select(heads::subject)
        .limit(1000)
        .load(conn)?;
    found.extend(gone.into_iter().map(|subject| Broken::HeadDiffers { subject }));
    Ok(())
}
