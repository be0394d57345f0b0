//! The daily digest of the record, signed, for somebody who keeps it outside the installation.

use askama::Template;

use crate::mail::letter::{Letter, LetterError, Sender, finish};

/// Data of the letter.
#[derive(Template)]
#[template(path = "mail/record_digest.txt")]
pub struct RecordDigest {
    /// Number of the checkpoint.
    pub id: i64,
    /// SHA-256 in hexadecimal.
    pub digest: String,
    pub made: String,
    /// What is signed and its armored signature, line by line; none is longer than a letter is wide.
    pub lines: Vec<String>,
}

impl RecordDigest {
    /// Makes both parts.
    pub fn letter(&self, sender: &Sender) -> Result<Letter, LetterError> {
        finish("record_digest", sender, format!("Digest of the record, checkpoint {}", self.id), self, false)
    }
}
