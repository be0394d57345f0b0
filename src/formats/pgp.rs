//! Clear-signed text (RFC 9580 section 7): the text without its marks. A mail can hold several of them, with text before,
//! between and after.

const SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const END: &str = "-----END PGP SIGNATURE-----";

/// Whether there is clear-signed text in a text.
pub fn is_clear_signed(text: &str) -> bool {
    text.contains(SIGNED)
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Outside of what is signed.
    Plain,
    /// In the armor header, up to an empty line.
    Header,
    Signed,
    /// In a signature, before its data.
    SignatureHeader,
    Signature,
}

/// Takes the marks out: armor headers, dash escapes of signed lines, and every signature. One that does not end takes
/// nothing with it but its own lines.
pub fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut within = Within::Plain;
    for line in text.lines() {
        let bare = line.trim_start_matches(['>', ' ']).trim_end();
        within = match (within, bare) {
            (_, SIGNED) => Within::Header,
            (_, SIGNATURE) => Within::SignatureHeader,
            (_, END) => Within::Plain,
            (Within::Header, "") => Within::Signed,
            (Within::Header, line) if is_header(line) => Within::Header,
            (Within::SignatureHeader, "") => Within::SignatureHeader,
            (Within::SignatureHeader, line) if is_header(line) => Within::SignatureHeader,
            (Within::SignatureHeader | Within::Signature, line) if is_data(line) => Within::Signature,
            (_, _) => {
                let after_signature = matches!(within, Within::SignatureHeader | Within::Signature);
                let signed = !after_signature && within != Within::Plain;
                let unescaped = if signed { line.strip_prefix("- ").unwrap_or(line) } else { line };
                out.push_str(unescaped);
                out.push('\n');
                if signed { Within::Signed } else { Within::Plain }
            }
        };
    }
    out
}

/// Whether a line is one of the headers that armor has.
fn is_header(line: &str) -> bool {
    let names = ["Hash", "SaltedHash", "Comment", "Charset", "Version", "MessageID", "NotDashEscaped"];
    line.split_once(':').is_some_and(|(name, _)| names.contains(&name))
}

/// Whether a line is data of a signature: base64, or its checksum.
fn is_data(line: &str) -> bool {
    let long = line.len() >= 4 && line.len() <= 80;
    long && line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARMOR: &str = "-----BEGIN PGP SIGNATURE-----\nVersion: X 1\n\niQEzBAEBCAAdFiEEabc+/=\n=abCD\n";

    fn signed(text: &str) -> String {
        format!("{SIGNED}\nHash: SHA256\n\n{text}\n{ARMOR}{END}\n")
    }

    #[test]
    fn everything_signed_and_everything_beside_it_is_read() {
        let text =
            format!("Before\n- a list\n{}Between\n{}After\n", signed("- -- first\n- - item\n\nend"), signed("second"));
        assert_eq!(without_marks(&text), "Before\n- a list\n-- first\n- item\n\nend\nBetween\nsecond\nAfter\n");
        let quoted = signed("> one").replace("-----BEGIN", "> -----BEGIN").replace("-----END", "> -----END");
        assert_eq!(without_marks(&quoted), "> one\n");
    }

    #[test]
    fn a_signature_without_an_end_takes_nothing_with_it() {
        let text = format!("{SIGNED}\n\none\n{ARMOR}\nPlease remove the other one, too.\n{}", signed("two"));
        assert_eq!(without_marks(&text), "one\n\nPlease remove the other one, too.\ntwo\n");
        assert_eq!(without_marks(&format!("{SIGNED}\nno header\n{ARMOR}")), "no header\n");
        assert_eq!(without_marks("nothing\nsigned"), "nothing\nsigned\n");
    }
}
