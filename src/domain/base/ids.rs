//! Identifiers: row numbers for us, references for people.

use std::fmt;
use std::str::FromStr;

use super::moment::{Moment, Span};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub i64);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
    )+};
}

id! {
    /// Row number of a notice.
    NoticeId,
    /// Row number of a case.
    CaseId,
    /// Row number of a customer.
    CustomerId,
    /// Row number of an asset.
    AssetId,
    /// Row number of a letter.
    LetterId,
    /// Row number of a strike.
    StrikeId,
    /// Row number of a decision.
    DecisionId,
    /// Row number of a member of staff.
    StaffId,
    /// Row number of an API key.
    ApiKeyId,
    /// Row number of a webhook endpoint.
    EndpointId,
    /// Row number of a sender.
    SenderId,
    /// Row number of a counter-notice.
    CounterId,
    /// Version number of a policy.
    PolicyVersion,
}

/// What a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `N-…`
    Notice,
    /// `C-…`
    Case,
}

impl Kind {
    fn letter(self) -> char {
        match self {
            Self::Notice => 'N',
            Self::Case => 'C',
        }
    }
}

/// Crockford's base 32: no I, L, O or U, so that a reference survives being read out on the telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// References of so long begin alike.
const TICK: Span = Span(60_000);

/// A public reference such as `N-7KQ4-M2XD`: 40 bits, unique by an index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference(String);

impl Reference {
    /// Makes a reference from random bits (the upper 24 are ignored).
    pub fn from_bits(kind: Kind, bits: u64) -> Self {
        let mut text = format!("{}-", kind.letter());
        for place in 0..8_u32 {
            if place == 4 {
                text.push('-');
            }
            let index = (bits >> (place * 5)) & 31;
            text.push(char::from(ALPHABET[usize::try_from(index).unwrap_or(0)]));
        }
        Self(text)
    }

    /// Makes a reference of a moment from random bits: its first five letters say which sixty milliseconds of some three
    /// weeks it is of, so that what is new is written to one place of the index; the other three are random.
    pub fn of(kind: Kind, at: Moment, bits: u64) -> Self {
        const PLACES: u32 = 5;
        let tick = at.0.div_euclid(TICK.0).rem_euclid(1 << (PLACES * 5)).unsigned_abs();
        // The first letter is that of the lowest bits, and the slowest.
        let letters = (0..PLACES).fold(0, |all, place| all << 5 | (tick >> (place * 5)) & 31);
        Self::from_bits(kind, bits << (PLACES * 5) | letters)
    }

    /// The reference as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a notice or a case.
    pub fn kind(&self) -> Kind {
        if self.0.starts_with('N') { Kind::Notice } else { Kind::Case }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a reference.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a reference looks like N-7KQ4-M2XD or C-3F8R-9T2W")]
pub struct NotAReference;

impl FromStr for Reference {
    type Err = NotAReference;

    /// Reads a reference the way people type it: any case, with or without hyphens, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, NotAReference> {
        let mut letters = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let kind = match letters.next().map(|c| c.to_ascii_uppercase()) {
            Some('N') => Kind::Notice,
            Some('C') => Kind::Case,
            _ => return Err(NotAReference),
        };
        let mut bits = 0_u64;
        let mut count = 0_u32;
        for letter in letters {
            let value = crockford(letter).ok_or(NotAReference)?;
            if count == 8 {
                return Err(NotAReference);
            }
            bits |= value << (count * 5);
            count += 1;
        }
        if count == 8 { Ok(Self::from_bits(kind, bits)) } else { Err(NotAReference) }
    }
}

fn crockford(letter: char) -> Option<u64> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|&c| char::from(c) == letter).and_then(|p| u64::try_from(p).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_survives_being_typed_by_a_person() {
        let made = Reference::from_bits(Kind::Case, 0x00_ab_cd_ef_12);
        let typed = made.as_str().to_lowercase().replace('-', " ").replace('0', "o");
        assert_eq!(typed.parse::<Reference>(), Ok(made));
    }

    #[test]
    fn references_are_in_the_order_of_time() {
        let made = |tick: i64, bits| Reference::of(Kind::Notice, Moment(tick * TICK.0), bits).to_string();
        let first_five = |tick| made(tick, 0)[..8].to_owned();
        assert_eq!(made(20_000, u64::MAX)[..8], first_five(20_000));
        assert_ne!(made(20_000, 1), made(20_000, 0));
        let ticks = [0, 1, 31, 32, 1023, 1024, 32_768, 1 << 20, (1 << 25) - 1];
        assert!(ticks.map(first_five).is_sorted_by(|a, b| a < b), "{:?}", ticks.map(first_five));
        assert_eq!(made(1 << 25, 7), made(0, 7), "they begin anew after three weeks");
        assert_eq!(made(-1, 7), made((1 << 25) - 1, 7));
    }

    #[test]
    fn what_is_not_a_reference_is_refused() {
        for text in ["", "N", "X-1234-5678", "N-1234-567", "N-1234-56789", "N-1234-567U", "N-12é4-5678"] {
            assert_eq!(text.parse::<Reference>(), Err(NotAReference), "{text}");
        }
    }
}
