//! From bytes to text, whatever encoding they are in (WHATWG Encoding, XML 1.0 appendix F).

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Letters at the beginning that are looked at for an XML declaration.
const DECLARATION: usize = 200;

/// Text of a document: by its byte order mark, as UTF-16 where every other byte is zero, as UTF-8 where it is UTF-8,
/// otherwise as its XML declaration says, or windows-1252. A declaration alone is wrong too often to be trusted.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    if let Some(text) = wide(bytes) {
        return text;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declared = declared(bytes);
    match std::str::from_utf8(bytes) {
        // Every letter of this encoding is ASCII, too.
        Ok(text) if declared != Some(ISO_2022_JP) => text.to_owned(),
        _ => decode(bytes, declared.filter(|named| *named != UTF_8).unwrap_or(WINDOWS_1252)),
    }
}

/// Text of a part of a mail that names its encoding (RFC 2046 section 4.1.2). What is said to be ASCII or UTF-8 and is
/// neither, or names nothing that is known, is read by its bytes.
pub(crate) fn text_in(bytes: &[u8], label: Option<&str>) -> String {
    let label = label.unwrap_or_default().trim();
    let plain = ["", "us-ascii", "ascii", "utf-8", "utf8", "utf-16", "unicode", "unknown-8bit", "8bit", "binary"];
    if plain.iter().any(|p| p.eq_ignore_ascii_case(label)) {
        return text_of(bytes);
    }
    if let Some(text) = wide(bytes) {
        return text;
    }
    match Encoding::for_label(label.as_bytes()).filter(|e| *e != REPLACEMENT) {
        Some(encoding) => decode(bytes, encoding),
        None => charset_decoder(label.as_bytes()).map_or_else(|| text_of(bytes), |decode| decode(bytes)),
    }
}

/// What is UTF-16 as UTF-8; everything else as it is.
pub(crate) fn narrow(bytes: &[u8]) -> Cow<'_, [u8]> {
    wide(bytes).map_or(Cow::Borrowed(bytes), |text| Cow::Owned(text.into_bytes()))
}

/// UTF-16, by its byte order mark or by the zeros in it.
fn wide(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding == UTF_16LE || encoding == UTF_16BE => (encoding, mark),
        _ => (by_zeros(bytes)?, 0),
    };
    Some(decode(&bytes[mark..], encoding))
}

/// Which half of each unit is zero, as in text that is mostly ASCII.
fn by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(64)];
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, most) = (zeros(0), zeros(1), start.len() / 2);
    match (even, odd) {
        (0, odd) if most > 1 && odd * 4 >= most * 3 => Some(UTF_16LE),
        (even, 0) if most > 1 && even * 4 >= most * 3 => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding an XML declaration names. UTF-16 cannot be, where the declaration itself was read as ASCII.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = bytes[..bytes.len().min(DECLARATION)].trim_ascii_start();
    let declaration = start.strip_prefix(b"<?xml")?.split(|b| *b == b'>').next()?;
    let text = String::from_utf8_lossy(declaration);
    let value = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let named = Encoding::for_label(value[1..].split(quote).next()?.as_bytes())?;
    (![UTF_16LE, UTF_16BE, REPLACEMENT].contains(&named)).then_some(named)
}

fn decode(bytes: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    }

    #[test]
    fn a_document_is_read_in_its_encoding() {
        let xml = |name: &str| format!("<?xml version='1.0' encoding='{name}'?><Title>Reiher – “Küste”</Title>");
        for little in [true, false] {
            let text = xml("UTF-16");
            let bare = utf16(&text, little);
            assert_eq!(text_of(&bare), text);
            assert_eq!(text_of(&[utf16("\u{feff}", little), bare].concat()), text);
        }
        for (name, encoded, expected) in [
            ("windows-1252", &b"Heron\x92s \x93Dawn\x94"[..], "Heron’s “Dawn”"),
            ("ISO-8859-1", b"K\xfcste \x80", "Küste €"),
            ("iso-8859-15", b"5 \xa4", "5 €"),
            ("ISO-8859-5", b"\xbf\xe0\xd8", "При"),
            ("windows-1251", b"\xcf\xf0\xe8", "При"),
            ("utf-8", b"Heron\x92s", "Heron’s"),
            ("utf-16", "Küste".as_bytes(), "Küste"),
            ("windows-1252", "Küste".as_bytes(), "Küste"),
            ("no-such", b"K\xfcste", "Küste"),
            ("iso-2022-jp", b"\x1b$B;T\x1b(B", "市"),
        ] {
            let head = format!("<?xml version=\"1.0\" encoding=\"{name}\"?>");
            assert_eq!(text_of(&[head.as_bytes(), encoded].concat()), format!("{head}{expected}"), "{name}");
        }
        assert_eq!(text_of(b"\xef\xbb\xbfa"), "a");
        assert_eq!((text_of(b""), text_of(b"\xff"), text_of(b"a\0b")), (String::new(), "ÿ".into(), "a\0b".into()));
    }

    #[test]
    fn a_part_is_read_as_it_says_and_by_its_bytes_where_that_is_wrong() {
        for (label, encoded, expected) in [
            (None, &b"It\x92s mine"[..], "It’s mine"),
            (Some("us-ascii"), b"\x93Heron\x94", "“Heron”"),
            (Some("utf-8"), b"K\xfcste", "Küste"),
            (Some(" ISO-8859-1 "), b"\x93K\xfcste\x94", "“Küste”"),
            (Some("koi8-r"), b"\xf0\xd2\xc9", "При"),
            (Some("utf-7"), b"K+APw-ste", "Küste"),
            (Some("x-unheard-of"), b"K\xfcste", "Küste"),
        ] {
            assert_eq!(text_in(encoded, label), expected, "{label:?}");
        }
    }
}
