//! Digests that events carry of what is stored beside them, so that a later change is found.

use sha2::{Digest, Sha256};

/// SHA-256 over fields, each with its length (big-endian, eight bytes), in hexadecimal: no two lists of fields have the
/// same bytes.
pub fn of_fields<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hex(&hash.finalize())
}

/// As [`of_fields`], for text.
pub fn of_texts(texts: &[&str]) -> String {
    of_fields(texts.iter().map(|text| text.as_bytes()))
}

/// Hexadecimal, lower case.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of hexadecimal text; nothing where it is none.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_can_borrow_from_its_neighbour() {
        assert_ne!(of_texts(&["ab", "c"]), of_texts(&["a", "bc"]));
        assert_eq!(of_texts(&[]), hex(&Sha256::digest([])));
        assert_eq!(hex(&[0, 255]), "00ff");
        assert_eq!(unhex("00ff"), Some(vec![0, 255]));
        assert_eq!((unhex("0"), unhex("0g")), (None, None));
    }
}
