//! A row of the record.

use diesel::prelude::*;

use crate::domain::base::moment::Moment;
use crate::domain::record::event::link::{Hash, Place, Plain, event_hash};
use crate::storage::engine::schema::events;

/// A row of the record, as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    pub id: i64,
    pub subject: String,
    pub seq: i64,
    pub at: i64,
    /// Code of who did it.
    pub actor: String,
    pub kind: String,
    /// Plain facts: JSON, byte for byte as committed to.
    pub facts: String,
    /// Of the commitments to actor and facts.
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
}

impl EventRow {
    /// The hash this row must have after `previous`, with its private values: names and commitments, sorted by name.
    pub fn expected_hash<'a>(&self, previous: &[u8], private: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Hash {
        let place = Place { previous, subject: &self.subject, seq: self.seq, at: Moment(self.at) };
        let plain = Plain { actor: &self.actor, kind: &self.kind, facts: &self.facts, salt: &self.salt };
        event_hash(place, plain, private)
    }
}
