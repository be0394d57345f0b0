//! The binary encoding of SSH (RFC 4251 section 5) and its armor of base64 lines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Name of the one algorithm that is used here.
pub(super) const ED25519: &str = "ssh-ed25519";
/// Characters in a line of armor, as OpenSSH writes them.
const LINE: usize = 70;

/// Appends a string: its length in four bytes, then its bytes.
pub(super) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(bytes);
}

/// A reader of what [`put`] writes; nothing once the bytes do not fit.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn number(&mut self) -> Option<u32> {
        let (four, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*four))
    }
    pub fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
    /// Skips a fixed beginning.
    pub fn skip(&mut self, magic: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(magic)?;
        Some(())
    }
}

/// A public key as SSH encodes it.
pub(super) fn public(key: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    put(&mut blob, ED25519.as_bytes());
    put(&mut blob, key);
    blob
}

/// The 32 bytes of an Ed25519 key in its encoding.
pub(super) fn read_public(blob: &[u8]) -> Option<[u8; 32]> {
    let mut reader = Reader(blob);
    if reader.string()? != ED25519.as_bytes() {
        return None;
    }
    reader.string()?.try_into().ok()
}

/// `-----BEGIN label-----`, base64 in lines, `-----END label-----`.
pub(super) fn armor(label: &str, bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    out + &format!("-----END {label}-----\n")
}

/// What is inside an armor.
pub(super) fn unarmor(label: &str, text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = rest.split_once(&format!("-----END {label}-----"))?;
    STANDARD.decode(inside.split_whitespace().collect::<String>()).ok()
}
