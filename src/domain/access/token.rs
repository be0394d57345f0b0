//! Link and session tokens: 215 and 256 random bits for the bearer, only their SHA-256 for us.

use std::fmt;

use crate::domain::base::moment::Moment;
use sha2::{Digest, Sha256};

/// Crockford's base 32 in lower case: mail programs never break or re-encode it.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The secret a link carries. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainToken(String);

/// What is stored of a token.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(pub Vec<u8>);

impl PlainToken {
    /// Length of the text form: 256 bits at five bits a letter.
    pub const LENGTH: usize = 52;

    /// Writes 32 random bytes as text.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        let mut text = String::with_capacity(Self::LENGTH);
        let (mut bits, mut held) = (0_u32, 0_u32);
        for byte in bytes {
            bits = (bits << 8) | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                text.push(letter(bits >> held));
            }
        }
        text.push(letter(bits << (5 - held)));
        Self(text)
    }

    /// The token of a link: 45 bits of the time, so that what is stored of it grows at the end of its index, and 215
    /// random bits.
    pub fn of_link(bytes: [u8; 32], now: Moment) -> Self {
        let random = Self::from_random(bytes).0;
        Self(time(now).chain(random.chars().skip(TIME)).collect())
    }

    /// Reads a token from a URL: right length and letters, so that typing errors need no look-up.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == Self::LENGTH && text.bytes().all(|b| ALPHABET.contains(&b));
        fits.then(|| Self(text.to_owned()))
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).to_vec())
    }

    /// What is stored and looked up of the token of a link: its time, then the SHA-256 of all of it.
    pub fn link_hash(&self) -> TokenHash {
        TokenHash([&self.0.as_bytes()[..TIME], &self.hash().0].concat())
    }

    /// The secret itself: for the link in a letter or a cookie, nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What makes a Message-ID unique: the time in milliseconds, so that ids in order of time are in order of the
    /// alphabet and their index grows at its end, and 85 random bits, as whoever knows it can write as an answer.
    pub fn after(&self, now: Moment) -> String {
        time(now).chain(self.0.chars().take(17)).collect()
    }
}

/// Letters of a time.
const TIME: usize = 9;

/// Milliseconds in letters that sort as they do.
fn time(now: Moment) -> impl Iterator<Item = char> {
    let ms = now.0 / 1000;
    (0..TIME).rev().map(move |place| letter(u32::try_from((ms >> (5 * place)) & 31).unwrap_or(0)))
}

fn letter(bits: u32) -> char {
    char::from(ALPHABET[usize::try_from(bits & 31).unwrap_or(0)])
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken(…)")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// What a link may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A customer answers one case.
    Respond,
    /// A complainant reads the status of one notice, and acts on it.
    Status,
    /// A sender confirms the email address.
    Confirm,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 3] = [Self::Respond, Self::Status, Self::Confirm];

    /// As stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Respond => "respond",
            Self::Status => "status",
            Self::Confirm => "confirm",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::base::moment::Span;

    #[test]
    fn ids_after_a_time_are_in_its_order_and_keep_their_chance() {
        let (one, two) = (PlainToken::from_random([7; 32]), PlainToken::from_random([255; 32]));
        let now = Moment(1_790_000_000_000_000);
        let ids = [two.after(now), one.after(now + Span::minutes(1)), two.after(now + Span::days(9000))];
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(ids[0].len(), 26);
        assert_ne!(one.after(now), two.after(now));
        assert!(ids[0].ends_with(&two.reveal()[..17]));
    }

    #[test]
    fn tokens_of_links_are_stored_in_the_order_of_time() {
        let now = Moment(1_790_000_000_000_000);
        let one = PlainToken::of_link([255; 32], now);
        let two = PlainToken::of_link([0; 32], now + Span::minutes(1));
        assert_eq!(PlainToken::parse(one.reveal()), Some(one.clone()));
        assert_eq!(one.reveal()[9..], PlainToken::from_random([255; 32]).reveal()[9..]);
        assert!(one.link_hash().0 < two.link_hash().0 && one.link_hash().0.len() == 41);
        assert_ne!(PlainToken::of_link([0; 32], now).link_hash(), one.link_hash());
    }

    #[test]
    fn a_token_is_read_back_and_shows_nothing_in_logs() {
        let token = PlainToken::from_random([0xa7; 32]);
        assert_eq!(token.reveal().len(), PlainToken::LENGTH);
        assert_eq!(PlainToken::parse(token.reveal()), Some(token.clone()));
        assert_eq!(format!("{token:?}{:?}", token.hash()), "PlainToken(…)TokenHash(…)");
    }

    #[test]
    fn different_bits_make_different_tokens() {
        let mut bytes = [0_u8; 32];
        let zero = PlainToken::from_random(bytes);
        bytes[31] = 1;
        assert_ne!(PlainToken::from_random(bytes), zero);
        assert_eq!(PlainToken::parse("short"), None);
        assert_eq!(PlainToken::parse(&"u".repeat(52)), None);
    }
}
