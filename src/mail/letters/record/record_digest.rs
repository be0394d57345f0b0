//! The daily digest of the record, signed, for somebody who keeps it outside the installation.

use serde::{Deserialize, Serialize};

use crate::domain::base::moment::Moment;
use crate::mail::blocks::LetterBody;
use crate::mail::letter::{Letter, RenderContext};

/// Data of the letter.
#[derive(Serialize, Deserialize)]
pub struct RecordDigest {
    /// Number of the checkpoint.
    pub id: i64,
    /// SHA-256 in hexadecimal.
    pub digest: String,
    pub made: Moment,
    /// What is signed and its armored signature, line by line; none is longer than a letter is wide.
    pub lines: Vec<String>,
}

impl Letter for RecordDigest {
    const KIND: &'static str = "record_digest";

    fn subject(&self, _: &RenderContext) -> String {
        format!("Digest of the record, checkpoint {}", self.id)
    }

    fn body(&self, _: &RenderContext) -> LetterBody {
        let mut body = LetterBody::new("Digest of the record");
        body.paragraph("This is the daily signed digest of the record. Store this email where no one who can change the database can alter it.");
        body.fact("Checkpoint", self.id.to_string()).fact("SHA-256", &self.digest).fact("Made", self.made.full());
        body.paragraph("To compare the database with it later, run this command (for an archive of evidence, add --archive and its file):");
        body.verbatim(&[format!("safeharbor verify-log --checkpoint {}:{}", self.id, self.digest)]);
        // The signature begins with its armor; what stands before is signed.
        let armor = self.lines.iter().position(|line| line.starts_with("-----BEGIN")).unwrap_or(self.lines.len());
        let (signed, signature) = self.lines.split_at(armor);
        let name = format!("checkpoint-{:06}.txt", self.id);
        body.section("Signed text").paragraph(format!("Save these {} lines as {name}:", signed.len())).verbatim(signed);
        body.section("Signature")
            .paragraph(format!("Save these lines as {name}.sig (format of OpenSSH):"))
            .verbatim(signature);
        body.section("Check the signature").paragraph(
            "With the public key of the record in a file of allowed signers (see the operating manual), run:",
        );
        body.verbatim(&[format!(
            "ssh-keygen -Y verify -f allowed_signers -I safeharbor -n safeharbor-checkpoint -s {name}.sig < {name}"
        )]);
        body.reason(
            "You are receiving this email because record.digest_email of Safeharbor names your address. It is sent once a day.",
        );
        body
    }
}
