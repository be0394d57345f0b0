//! Whether the chains of the record are as they were written.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::events::{EventRow, ValueRow, parsed, values_of};
use crate::domain::record::event::link::commitment;
use crate::domain::record::event::{Event, EventKind};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{events, heads};

/// A chain that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The row differs from what its hash was made of.
    Changed { subject: String, seq: i64 },
    /// A private value, or its salt, is not the one that the event is committed to.
    ValueChanged { subject: String, seq: i64, name: String },
    /// More or fewer private values of a vault are gone from a chain than its events say.
    ValuesRemoved { subject: String, vault: String, gone: usize, told: usize },
    /// The row is not an event that this version can read.
    Unreadable { subject: String, seq: i64 },
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
            Self::ValueChanged { subject, seq, name } => {
                write!(f, "{subject}, event {seq}: the private value {name:?} or its salt was changed")
            }
            Self::ValuesRemoved { subject, vault, gone, told } => {
                write!(f, "{subject}: {gone} private values of {vault} are gone, its events tell of {told}")
            }
            Self::Unreadable { subject, seq } => write!(f, "{subject}, event {seq}: cannot be read"),
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

/// Walks every chain in pages of the subject's index; memory does not grow with the record. Every link is made anew from
/// the commitments; private values that are there must open theirs, and those that are not must have been forgotten on
/// record. Returns how many events were read.
pub fn verify(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let mut read = 0;
    let mut at: (String, i64) = (String::new(), i64::MIN);
    let mut chain: Option<Chain> = None;
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
        let heads = heads_of(conn, &page, chain.as_ref().map(|c| c.subject.as_str()))?;
        let values = values_of(conn, &page.iter().map(|row| row.id).collect::<Vec<_>>())?;
        for row in &page {
            read += 1;
            let values = values.get(&row.id).map_or(&[][..], Vec::as_slice);
            chain = Some(step(row, values, chain.take(), &heads, found));
        }
    }
    if let Some(chain) = chain {
        let heads = heads_of(conn, &[], Some(&chain.subject))?;
        chain.end(&heads, found);
    }
    missing_chains(conn, found)?;
    Ok(read)
}

/// A chain while it is walked.
#[derive(Default)]
struct Chain {
    subject: String,
    seq: i64,
    hash: Vec<u8>,
    /// For each vault how many values are gone, and how many the events say were forgotten.
    forgotten: BTreeMap<String, (usize, usize)>,
}

impl Chain {
    fn end(self, heads: &Heads, found: &mut Vec<Broken>) {
        check_head(&self.subject, self.seq, &self.hash, heads, found);
        for (vault, (gone, told)) in self.forgotten {
            if gone != told {
                found.push(Broken::ValuesRemoved { subject: self.subject.clone(), vault, gone, told });
            }
        }
    }

    /// Opens the commitments of an event as far as its values are there.
    fn open(&mut self, row: &EventRow, values: &[ValueRow], found: &mut Vec<Broken>) {
        for value in values {
            match (&value.salt, &value.value) {
                (Some(salt), Some(text)) => {
                    if commitment(&value.name, salt, text).as_slice() != value.commitment {
                        let (subject, name) = (row.subject.clone(), value.name.clone());
                        found.push(Broken::ValueChanged { subject, seq: row.seq, name });
                    }
                }
                _ => self.forgotten.entry(value.vault.clone()).or_default().0 += 1,
            }
        }
        // What cannot be read is told of where rows are compared.
        if row.kind == EventKind::ValuesForgotten.code()
            && let Ok(Event::ValuesForgotten(facts)) = parsed(row, Vec::new()).map(|recorded| recorded.event)
        {
            self.forgotten.entry(facts.vault.to_string()).or_default().1 += facts.count;
        }
    }
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

fn step(row: &EventRow, values: &[ValueRow], before: Option<Chain>, heads: &Heads, found: &mut Vec<Broken>) -> Chain {
    let mut chain = match before {
        Some(chain) if chain.subject == row.subject => chain,
        other => {
            if let Some(chain) = other {
                chain.end(heads, found);
            }
            Chain { subject: row.subject.clone(), ..Chain::default() }
        }
    };
    let private = values.iter().map(|value| (value.name.as_str(), value.commitment.as_slice()));
    if row.seq != chain.seq + 1 {
        found.push(Broken::Missing { subject: row.subject.clone(), seq: chain.seq + 1 });
    } else if row.expected_hash(&chain.hash, private).as_slice() != row.hash {
        found.push(Broken::Changed { subject: row.subject.clone(), seq: row.seq });
    }
    chain.open(row, values, found);
    // Go on from the stored hash: one change is reported once, not for every later row.
    (chain.seq, chain.hash) = (row.seq, row.hash.clone());
    chain
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
