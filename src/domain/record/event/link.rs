//! One link of a chain: a hash over the one before it and over commitments to the values of the event.
//!
//! `lp(x)` is the length of x in eight bytes, big-endian, and then x; H is SHA-256:
//!
//! ```text
//! c_i = H("safeharbor/commit/v2\0" || lp(name_i) || s_i || lp(value_i))        s_i: 32 random bytes
//! h_n = H("safeharbor/link/v2\0" || lp(h_{n-1}) || lp(subject) || seq || at || lp(kind) || m || (lp(name_i) || c_i)*)
//! ```
//!
//! Numbers are eight bytes, big-endian; `at` is in microseconds. The values are `actor` and `facts`, with the salt of the
//! event, and then the private values by name, each with a salt of its own. Where value and salt of a private value are
//! gone its commitment says nothing of what it was, and the chain still verifies.

use sha2::{Digest, Sha256};

use crate::domain::base::moment::Moment;

/// 32 random bytes that hide a value.
pub type Salt = [u8; 32];

/// A commitment or the hash of a link.
pub type Hash = [u8; 32];

/// Where an event stands in a chain.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Hash of the link before; empty for the first.
    pub previous: &'a [u8],
    pub subject: &'a str,
    /// From 1.
    pub seq: i64,
    pub at: Moment,
}

/// The commitment to a value.
pub fn commitment(name: &str, salt: &[u8], value: &str) -> Hash {
    let mut hash = Sha256::new();
    hash.update(b"safeharbor/commit/v2\0");
    with_length(&mut hash, name.as_bytes());
    hash.update(salt);
    with_length(&mut hash, value.as_bytes());
    hash.finalize().into()
}

/// The hash of an event at its place. `values` are names and commitments, in their order.
pub fn link_hash(place: Place<'_>, kind: &str, values: &[(&str, &[u8])]) -> Hash {
    let mut hash = Sha256::new();
    hash.update(b"safeharbor/link/v2\0");
    with_length(&mut hash, place.previous);
    with_length(&mut hash, place.subject.as_bytes());
    hash.update(place.seq.to_be_bytes());
    hash.update(place.at.0.to_be_bytes());
    with_length(&mut hash, kind.as_bytes());
    hash.update(length(values.len()));
    for (name, commitment) in values {
        with_length(&mut hash, name.as_bytes());
        hash.update(commitment);
    }
    hash.finalize().into()
}

/// What is hashed of an event beside its private values.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a> {
    pub actor: &'a str,
    pub kind: &'a str,
    /// JSON, byte for byte as stored.
    pub facts: &'a str,
    pub salt: &'a [u8],
}

/// The hash of an event with its private values: names and commitments, sorted by name.
pub fn event_hash<'a>(
    place: Place<'_>,
    plain: Plain<'_>,
    private: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Hash {
    let actor = commitment("actor", plain.salt, plain.actor);
    let facts = commitment("facts", plain.salt, plain.facts);
    let mut values: Vec<(&str, &[u8])> = vec![("actor", &actor), ("facts", &facts)];
    for (name, commitment) in private {
        values.push((name, commitment));
    }
    link_hash(place, plain.kind, &values)
}

fn length(len: usize) -> [u8; 8] {
    u64::try_from(len).unwrap_or(u64::MAX).to_be_bytes()
}

fn with_length(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(length(bytes.len()));
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base::fingerprint::{hex, unhex};

    #[test]
    fn a_commitment_is_the_one_that_is_documented() {
        let salt: Vec<u8> = (0..32).collect();
        let made = commitment("reason", &salt, "Wrong person; see her mail of Monday");
        assert_eq!(hex(&made), "13ab9bab1aa278dd1fb55473efe1b25c72adbcfeb2f43e06141b55c0f61def8c");
    }

    #[test]
    fn a_link_is_the_one_that_is_documented() {
        let previous = unhex("bc714a7a97a68cdfdcf6c85a73b34f2efe1f0160da1e61557d50e572ba369cfc").unwrap();
        let place = Place { previous: &previous, subject: "case:1", seq: 2, at: Moment(1_780_000_100) };
        let actor = commitment("actor", &[0; 32], "staff:7");
        let facts = commitment("facts", &[1; 32], r#"{"case":"C-7F3KQ2"}"#);
        let reason = commitment("reason", &[2; 32], "Wrong person");
        let values: [(&str, &[u8]); 3] = [("actor", &actor), ("facts", &facts), ("reason", &reason)];
        let made = link_hash(place, "case.closed", &values);
        assert_eq!(hex(&made), "4f4cd0d5ebc745e5fd7c1749268d430a59d91abe52759db4af6b257f9f3c7f38");
    }

    #[test]
    fn no_value_can_borrow_from_its_neighbor() {
        let place = Place { previous: &[], subject: "case:1", seq: 1, at: Moment(5) };
        let plain = |actor, facts| Plain { actor, kind: "case.note", facts, salt: &[7; 32] };
        let one = event_hash(place, plain("ab", "c"), []);
        assert_ne!(one, event_hash(place, plain("a", "bc"), []));
        assert_ne!(one, event_hash(Place { previous: &one, ..place }, plain("ab", "c"), []));
        assert_ne!(one, event_hash(place, plain("ab", "c"), [("reason", &one[..])]));
        assert_ne!(commitment("a", &[0; 32], "x"), commitment("a", &[1; 32], "x"));
    }
}
