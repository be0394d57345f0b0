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
        body.paragraph("The record of copyright notices was sealed. Keep this letter where nobody who can change the database can change it.");
        body.fact("Checkpoint", self.id.to_string()).fact("SHA-256", &self.digest).fact("Made", self.made.full());
        body.paragraph("To compare the database, or an archive of evidence, with it later, run this command:");
        body.paragraph(format!("safeharbor verify-log --checkpoint {}:{}", self.id, self.digest));
        body.paragraph(
            "The first two lines below are what is signed; the others are the signature, in the format of OpenSSH.",
        );
        body.quote(&self.lines);
        body.reason(
            "You get this letter because record.digest_email of Safeharbor names your address. It is sent once a day.",
        );
        body
    }
}
