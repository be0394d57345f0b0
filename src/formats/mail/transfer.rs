//! Undoing the transfer encodings of mail (RFC 2045 section 6), whatever is broken in them: what can be decoded is.

use std::borrow::Cow;

/// The bytes of a part by the name of its transfer encoding.
pub(super) fn decode<'x>(body: &'x [u8], encoding: &str) -> Cow<'x, [u8]> {
    let encoding = encoding.trim().trim_matches('"');
    if encoding.eq_ignore_ascii_case("base64") {
        let decoded = base64(body);
        if is_base64(body) || is_text(&decoded) { Cow::Owned(decoded) } else { Cow::Borrowed(body) }
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        Cow::Owned(quoted_printable(body))
    } else {
        Cow::Borrowed(body)
    }
}

/// Six bits for each letter of the alphabet.
fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Some mails say base64 and are plain text: that has blanks and punctuation inside its lines.
fn is_base64(body: &[u8]) -> bool {
    let foreign = body.windows(2).filter(|w| match w[0] {
        b' ' => sextet(w[1]).is_some(),
        b'\r' | b'\n' | b'\t' | b'=' => false,
        other => sextet(other).is_none(),
    });
    foreign.count() <= 4 + body.len() / 20
}

/// Whether bytes are surely text, as what was never encoded is not once it is decoded.
fn is_text(bytes: &[u8]) -> bool {
    let controls = bytes.iter().any(|b| b.is_ascii_control() && !b.is_ascii_whitespace());
    !bytes.is_empty() && !controls && std::str::from_utf8(bytes).is_ok()
}

/// Letters outside the alphabet are passed over; padding ends a group wherever it stands.
fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in body {
        if *byte == b'=' {
            (bits, count) = (0, 0);
            continue;
        }
        let Some(six) = sextet(*byte) else { continue };
        (bits, count) = ((bits << 6 | u32::from(six)) & 0xff_ffff, count + 6);
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    out
}

/// An equals sign that begins no escape stays.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let after = &rest[blanks..];
        let hex = |at: usize| rest.get(at).and_then(|b| char::from(*b).to_digit(16));
        if let (Some(high), Some(low)) = (hex(0), hex(1)) {
            out.push(u8::try_from(high * 16 + low).unwrap_or_default());
            rest = &rest[2..];
        } else if let Some(next) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = next;
        } else if after.is_empty() {
            rest = after;
        } else {
            out.push(b'=');
            out.extend_from_slice(&rest[..blanks]);
            rest = after;
        }
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_can_be_decoded_is() {
        for (encoding, body, expected) in [
            ("base64", "SGVyb24gYXQgRGF3bg==", "Heron at Dawn"),
            ("BASE64 ", "SGVy\r\nb24=\r\n!!\r\nIGF0IA\r\n=\r\nRGF3bg", "Heron at Dawn"),
            (
                "base64",
                "Please remove https://a.example/x, it is mine.",
                "Please remove https://a.example/x, it is mine.",
            ),
            ("base64", "$%&!?#*,.;SGVy(){}b24=", "Heron"),
            ("quoted-printable", "Heron=20at =\r\nDawn=3D=C3=BC", "Heron at Dawn=ü"),
            ("Quoted-Printable", "a=b = c=\n=4", "a=b = c=4"),
            ("8bit", "a=20b", "a=20b"),
            ("", "a", "a"),
        ] {
            assert_eq!(String::from_utf8_lossy(&decode(body.as_bytes(), encoding)), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn what_is_well_written_is_read_as_it_was(bytes in proptest::collection::vec(any::<u8>(), 0..200), line in 1_usize..80) {
            let encoded = STANDARD.encode(&bytes);
            let lines: Vec<&str> = encoded.as_bytes().chunks(line).map(|c| std::str::from_utf8(c).unwrap()).collect();
            prop_assert_eq!(decode(lines.join("\r\n").as_bytes(), "base64").into_owned(), bytes.clone());
            let escaped: String = bytes.iter().map(|b| format!("={b:02X}")).collect();
            prop_assert_eq!(decode(escaped.as_bytes(), "quoted-printable").into_owned(), bytes);
        }
    }
}
