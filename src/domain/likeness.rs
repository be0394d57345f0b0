//! Short keys by which repeats are found: the first 63 bits of a digest over what was understood. A collision
//! would link two notices of one sender that have nothing in common, at odds of one in 10^18 for each pair.

use sha2::{Digest, Sha256};

use super::location::Place;
use super::notice::Notice;

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

/// Lower case, blanks run together.
fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn key<'a>(parts: impl IntoIterator<Item = &'a String>) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let mut first = [0_u8; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    i64::from_be_bytes(first) & i64::MAX
}
