//! Short keys by which repeats are found: the first 63 bits of a digest over what was understood. A collision
//! would link two notices of one sender that have nothing in common, at odds of one in 10^18 for each pair.

use sha2::{Digest, Sha256};

use super::location::Place;
use super::notice::Notice;
use crate::domain::base::ids::CustomerId;

/// Keys of one notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Everything the sender said: an exact repeat has the same.
    pub content: i64,
    /// The descriptions alone; zero where they are too short to say anything.
    pub body: i64,
    /// The titles of the works, in any order.
    pub works: i64,
}

/// Descriptions shorter than this are alike by chance.
const TELLING: usize = 60;

impl Keys {
    /// The keys of a notice; `sender` is the key of who sent it.
    pub fn of(notice: &Notice, sender: &str) -> Self {
        let mut titles: Vec<String> = notice.works.iter().map(|w| plain(&w.shown())).collect();
        titles.sort();
        titles.dedup();
        let mut places: Vec<String> = notice
            .locations
            .iter()
            .map(|l| match &l.place {
                Place::Network(net) => format!("{} {}", l.shown(), net.detail),
                _ => l.shown().to_owned(),
            })
            .collect();
        places.sort();
        let s = &notice.statements;
        let said = [s.good_faith, s.accurate, s.authorized_under_penalty_of_perjury].map(|b| u8::from(b).to_string());
        let body = plain(&notice.works.iter().map(|w| w.description.as_str()).collect::<Vec<_>>().join(" "));
        let head = [sender.to_owned(), plain(&notice.signature), plain(&notice.rights_owner)];
        Self {
            content: key(head.iter().chain(&said).chain(&titles).chain(&places).chain([&body])),
            body: if body.len() < TELLING { 0 } else { key([&body]) },
            works: key(&titles),
        }
    }
}

/// Lower case, blanks and line breaks run together, none at the ends.
pub fn plain(text: &str) -> String {
    if !text.is_ascii() {
        return text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    }
    // The same without Unicode's tables: most of what comes is that, by the kilobyte.
    let mut bytes = text.as_bytes().to_ascii_lowercase();
    for byte in &mut bytes {
        if matches!(byte, b'\t'..=b'\r') {
            *byte = b' ';
        }
    }
    bytes.dedup_by(|one, before| *one == b' ' && *before == b' ');
    if bytes.last() == Some(&b' ') {
        bytes.pop();
    }
    if bytes.first() == Some(&b' ') {
        bytes.remove(0);
    }
    // ASCII it was, ASCII it is.
    String::from_utf8(bytes).unwrap_or_default()
}

fn key<'a>(parts: impl IntoIterator<Item = &'a String>) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    first_bits(hash)
}

/// The first 63 bits of a digest.
fn first_bits(hash: Sha256) -> i64 {
    let mut first = [0_u8; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    i64::from_be_bytes(first) & i64::MAX
}

/// A short key for "the same material of the same customer": 20 bits of the customer's row number, so that the index
/// keeps what is theirs together, and 43 of a digest. A collision would join two strikes of one customer into one, at
/// odds of one in 10^12 for each pair of theirs.
///
/// `place` is the location in the spelling in which places are compared ([`super::location::Location::canonical`]).
pub fn material_key(customer: CustomerId, place: &str) -> i64 {
    let hash = Sha256::new().chain_update(customer.0.to_be_bytes()).chain_update(place);
    (customer.0 & ((1 << 20) - 1)) << 43 | (first_bits(hash) & ((1 << 43) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_words_are_the_same_with_and_without_tables(text in "[ \\x00-\\x7f]{0,60}") {
            let slow = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(plain(&text), slow);
        }
    }

    #[test]
    fn keys_of_material_begin_with_the_customer_and_follow_from_those_of_before() {
        let shown = "https://alder-photo.example/one.jpg";
        for customer in [1_i64, 1_048_575, 1_048_576, 9_007_199_254_740_993] {
            let digest = Sha256::new().chain_update(customer.to_be_bytes()).chain_update(shown).finalize();
            let before = i64::from_be_bytes(digest[..8].try_into().unwrap()) & i64::MAX;
            // As the migration says it.
            let migrated = (customer % 1_048_576) * 8_796_093_022_208 + before % 8_796_093_022_208;
            assert_eq!(material_key(CustomerId(customer), shown), migrated);
        }
        let of = |customer, shown| material_key(CustomerId(customer), shown);
        assert_ne!(of(1, shown), of(1, "https://alder-photo.example/two.jpg"));
        assert!(of(1, shown) < of(2, shown), "what is one customer's stands together");
    }
}
