//! Opaque signed mail (RFC 8551 section 3.5.2): the message stands inside the signature's own structure (CMS, RFC
//! 5652, in BER or DER). It is taken out; the signature is not checked.

/// Structures inside each other: six are needed to reach the content.
const MAX_DEPTH: usize = 8;
/// `signedData`, 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

const SEQUENCE: u8 = 0x30;
const OID: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const EXPLICIT: u8 = 0xa0;

/// One element: what kind, what is in it, and what follows it.
struct Element<'x> {
    tag: u8,
    content: &'x [u8],
    rest: &'x [u8],
}

/// The message inside signed data; nothing where there is none, as in a signature that stands beside its message.
pub(super) fn signed_content(bytes: &[u8]) -> Option<Vec<u8>> {
    let outer = expect(bytes, SEQUENCE)?;
    let kind = expect(outer.content, OID).filter(|k| k.content == SIGNED_DATA)?;
    let signed = expect(expect(kind.rest, EXPLICIT)?.content, SEQUENCE)?;
    let version = element(signed.content, MAX_DEPTH)?;
    let digests = element(version.rest, MAX_DEPTH)?;
    let inside = expect(digests.rest, SEQUENCE)?;
    let content = expect(expect(inside.content, OID)?.rest, EXPLICIT)?;
    let mut found = Vec::new();
    octets(content.content, MAX_DEPTH, &mut found)?;
    (!found.is_empty()).then_some(found)
}

fn expect(bytes: &[u8], tag: u8) -> Option<Element<'_>> {
    element(bytes, MAX_DEPTH).filter(|e| e.tag == tag)
}

/// Reads one element. A length that runs over the end is cut off there, as mail is sometimes.
fn element(bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    let (tag, after) = bytes.split_first()?;
    let (first, after) = after.split_first()?;
    if *first == 0x80 {
        let length = indefinite(after, depth.checked_sub(1)?)?;
        let rest = after.get(length + 2..).unwrap_or_default();
        return Some(Element { tag: *tag, content: &after[..length], rest });
    }
    let (length, after) = match usize::from(*first) {
        short @ 0..0x80 => (short, after),
        long => {
            let count = long - 0x80;
            let written = after.get(..count).filter(|_| count <= 8)?;
            (
                written.iter().fold(0_usize, |n, b| n.saturating_mul(256).saturating_add(usize::from(*b))),
                &after[count..],
            )
        }
    };
    let length = length.min(after.len());
    Some(Element { tag: *tag, content: &after[..length], rest: &after[length..] })
}

/// How long the content is that ends with two zeros.
fn indefinite(bytes: &[u8], depth: usize) -> Option<usize> {
    let mut rest = bytes;
    while !rest.is_empty() && !rest.starts_with(b"\0\0") {
        rest = element(rest, depth)?.rest;
    }
    Some(bytes.len() - rest.len())
}

/// Puts an octet string together, whole or in pieces.
fn octets(bytes: &[u8], depth: usize, into: &mut Vec<u8>) -> Option<()> {
    let mut rest = bytes;
    while !rest.is_empty() && !rest.starts_with(b"\0\0") {
        let one = element(rest, MAX_DEPTH)?;
        match one.tag {
            OCTETS => into.extend_from_slice(one.content),
            OCTETS_IN_PIECES => octets(one.content, depth.checked_sub(1)?, into)?,
            _ => return None,
        }
        rest = one.rest;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    }

    fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], content, b"\0\0"].concat()
    }

    /// Signed data with a content that is already an element.
    fn signed(write: fn(u8, &[u8]) -> Vec<u8>, content: &[u8]) -> Vec<u8> {
        let data = der(OID, b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
        let inside = write(SEQUENCE, &[data, write(EXPLICIT, content)].concat());
        let body = [der(0x02, b"\x01"), der(0x31, b""), inside, der(0x31, b"")].concat();
        let kind = der(OID, SIGNED_DATA);
        write(SEQUENCE, &[kind, write(EXPLICIT, &write(SEQUENCE, &body))].concat())
    }

    #[test]
    fn the_message_is_found_in_both_ways_of_writing() {
        let words = b"Content-Type: text/plain\r\n\r\nOur photograph";
        assert_eq!(signed_content(&signed(der, &der(OCTETS, words))).unwrap(), words);
        let pieces = [der(OCTETS, &words[..10]), der(OCTETS, &words[10..])].concat();
        assert_eq!(signed_content(&signed(ber, &ber(OCTETS_IN_PIECES, &pieces))).unwrap(), words);
        assert_eq!(signed_content(&signed(der, b"")), None, "the message stands beside the signature");
        assert_eq!(signed_content(b"\x30\x03\x06\x01\x01"), None);
        assert_eq!(signed_content(&[0x30, 0x80].repeat(100_000)), None);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
            let _ = signed_content(&bytes);
            let _ = signed_content(&signed(der, &bytes));
            let _ = signed_content(&signed(ber, &bytes));
        }
    }
}
