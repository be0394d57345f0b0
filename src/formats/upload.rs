//! Files that people send as evidence: what they are is told from their content, never from their name.

use crate::domain::base::contact::one_line;

/// Largest file: 20 MB.
pub const MAX_FILE: usize = 20_000_000;
/// Most files with one form.
pub const MAX_FILES: usize = 5;

/// A file that may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// As its sender called it: one bounded line without folders.
    pub name: String,
    pub media_type: &'static str,
    pub body: Vec<u8>,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("“{0}” is larger than 20 MB; send a smaller file, or several")]
    TooLarge(String),
    #[error("“{0}” is not a PDF, an image (PNG, JPEG, GIF, WebP) or plain text; save it as one of these")]
    OtherKind(String),
    #[error("“{0}” is empty")]
    Empty(String),
    #[error("at most {MAX_FILES} files fit in one form")]
    TooMany,
}

/// What may be kept.
const KINDS: [&str; 5] = ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"];

impl Upload {
    /// Checks a file.
    pub fn check(name: &str, body: Vec<u8>) -> Result<Self, NotTaken> {
        let name = plain_name(name);
        if body.len() > MAX_FILE {
            return Err(NotTaken::TooLarge(name));
        }
        if body.is_empty() {
            return Err(NotTaken::Empty(name));
        }
        let known = infer::get(&body).and_then(|kind| KINDS.into_iter().find(|k| *k == kind.mime_type()));
        match known.or_else(|| is_text(&body).then_some("text/plain")) {
            Some(media_type) => Ok(Self { name, media_type, body }),
            None => Err(NotTaken::OtherKind(name)),
        }
    }
}

/// UTF-8 without control characters other than those of text.
fn is_text(body: &[u8]) -> bool {
    infer::get(body).is_none()
        && std::str::from_utf8(body)
            .is_ok_and(|t| t.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}')))
}

/// The last part of a path, safe in a header and in an archive.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = one_line(last, 120)
        .chars()
        .map(|c| if c.is_alphanumeric() || " .,-_()+".contains(c) { c } else { '_' })
        .collect();
    let kept = kept.trim_matches(['.', ' ']).to_owned();
    if kept.is_empty() { "file".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_what_a_file_is() {
        let pdf = Upload::check("../../etc/complaint.exe", b"%PDF-1.7\n...".to_vec()).unwrap();
        assert_eq!((pdf.name.as_str(), pdf.media_type), ("complaint.exe", "application/pdf"));
        let text = Upload::check("C:\\notes\\why.txt", "Grüße\n".as_bytes().to_vec()).unwrap();
        assert_eq!((text.name.as_str(), text.media_type), ("why.txt", "text/plain"));
        assert!(matches!(Upload::check("a.pdf", b"MZ\x90\0".to_vec()), Err(NotTaken::OtherKind(_))));
        assert!(matches!(Upload::check("a.svg", b"<html><script>".to_vec()), Err(NotTaken::OtherKind(_))));
        assert!(matches!(Upload::check("a.txt", Vec::new()), Err(NotTaken::Empty(_))));
        assert!(matches!(Upload::check("a.txt", vec![b'a'; MAX_FILE + 1]), Err(NotTaken::TooLarge(_))));
        assert_eq!(Upload::check("x\r\nSet-Cookie: a\".txt", b"a".to_vec()).unwrap().name, "x Set-Cookie_ a_.txt");
    }
}
