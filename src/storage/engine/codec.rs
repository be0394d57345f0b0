//! Bytes kept packed where that saves something: what people write comes again in it, and a page that is not written
//! is two writes to the disk fewer.

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended, uncompressed_size};

/// Shorter bytes stay as they are.
const WORTH_IT: usize = 256;
/// An LZ4 block makes at most so many bytes of one.
const MOST_OF_ONE: usize = 255;

/// How bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As they came.
    Plain,
    /// An LZ4 block after the length of what it unpacks to (four bytes, little endian).
    Lz4,
}

impl Packing {
    /// As stored.
    pub fn code(self) -> i32 {
        match self {
            Self::Plain => 0,
            Self::Lz4 => 1,
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: i32) -> Option<Self> {
        [Self::Plain, Self::Lz4].into_iter().find(|p| p.code() == code)
    }
}

/// Packed bytes that cannot be read: the database was changed by other hands.
#[derive(Debug, thiserror::Error)]
#[error("what is kept packed cannot be unpacked: {0}")]
pub struct Damaged(String);

/// Packs bytes; none where that saves less than an eighth.
pub fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() < WORTH_IT {
        return None;
    }
    let packed = compress_prepend_size(bytes);
    (packed.len() <= bytes.len() - bytes.len() / 8).then_some(packed)
}

/// The bytes that were packed, as they came.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, Damaged> {
    let damaged = |e: lz4_flex::block::DecompressError| Damaged(e.to_string());
    let (length, block) = uncompressed_size(packed).map_err(damaged)?;
    // Asked before so much memory is taken.
    if length > block.len().saturating_mul(MOST_OF_ONE) {
        return Err(Damaged(format!("{length} bytes cannot be in {}", packed.len())));
    }
    decompress_size_prepended(packed).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn what_repeats_is_packed_and_comes_back() {
        let text = "https://shop.example/a.jpg\n".repeat(2000).into_bytes();
        let packed = pack(&text).unwrap();
        assert!(packed.len() < text.len() / 100, "{}", packed.len());
        assert_eq!(unpack(&packed).unwrap(), text);
    }

    #[test]
    fn short_bytes_and_bytes_without_repeats_stay() {
        assert_eq!(pack(&[b'a'; WORTH_IT - 1]), None);
        let noise: Vec<u8> = (0..64_u8).flat_map(|n| Sha256::digest([n])).collect();
        assert_eq!(pack(&noise), None);
    }

    #[test]
    fn damaged_bytes_are_refused_before_memory_is_taken() {
        assert!(unpack(&[]).is_err());
        assert!(unpack(&[0xff, 0xff, 0xff, 0xff, 0x10]).unwrap_err().to_string().contains("cannot be in"));
        let mut packed = pack(&[b'x'; 1000]).unwrap();
        packed.truncate(6);
        assert!(unpack(&packed).is_err());
    }

    proptest! {
        #[test]
        fn everything_packed_comes_back(bytes in proptest::collection::vec(0_u8..8, 0..3000)) {
            if let Some(packed) = pack(&bytes) {
                prop_assert_eq!(unpack(&packed).unwrap(), bytes);
            }
        }

        #[test]
        fn nothing_read_as_packed_is_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack(&bytes);
        }
    }
}
