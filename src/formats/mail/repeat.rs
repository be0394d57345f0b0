//! When two mails are one mail that was handed over twice.

use sha2::{Digest, Sha256};

/// Fields that say what a mail is. The others are written by servers on the way and differ between two hand-overs of the
/// same mail.
const FIELDS: [&str; 22] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "comments",
    "keywords",
    "auto-submitted",
    "content-type",
    "content-transfer-encoding",
    "mime-version",
    "x-original-from",
    "x-original-sender",
    "resent-from",
    "resent-to",
    "resent-message-id",
];

/// A digest that is the same for two hand-overs of the same mail alone. With a Message-ID: of all that its sender wrote, so
/// that nobody swallows a mail by sending its Message-ID first. Without one: of all bytes. `beside` is what the mail does not
/// say itself: whom it is for, and whether its sender is proved.
pub fn identity(bytes: &[u8], message_id: &str, beside: &[&str]) -> [u8; 32] {
    let mut digest = Sha256::new().chain_update("mail 2\0");
    for fact in beside {
        digest.update(fact);
        digest.update("\0");
    }
    if message_id.is_empty() {
        return digest.chain_update("all\0").chain_update(bytes).finalize().into();
    }
    let (header, body) = split(bytes);
    let mut wanted = false;
    for line in header.split_inclusive(|b| *b == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.iter().position(|b| *b == b':').map_or(&[][..], |end| line[..end].trim_ascii());
            wanted = FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes()));
        }
        if wanted {
            digest.update(line.trim_ascii_end());
            digest.update("\n");
        }
    }
    digest.chain_update("\0").chain_update(body).finalize().into()
}

/// Header and body: whichever empty line comes first.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        start += line.len();
        if line == b"\n" || line == b"\r\n" {
            break;
        }
    }
    bytes.split_at(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str, body: &str) -> [u8; 32] {
        identity(format!("{header}\n\n{body}").as_bytes(), "m1@a.example", &[])
    }

    #[test]
    fn what_servers_add_makes_no_other_mail() {
        let header = "From: a@a.example\nMessage-ID: <m1@a.example>\nSubject: x\n y";
        let same = of(header, "one\n\ntwo");
        assert_eq!(
            of(
                &format!("Received: by mx\n\twith ESMTP\nReturn-Path: <a@a.example>\n{header}\nX-Spam: no"),
                "one\n\ntwo"
            ),
            same
        );
        for (header, body) in [
            (header, "ONE\n\ntwo"),
            (header, "one\n\ntwo "),
            ("From: b@a.example\nMessage-ID: <m1@a.example>\nSubject: x\n y", "one\n\ntwo"),
            ("From: a@a.example\nMessage-ID: <m1@a.example>\nSubject: x\n z", "one\n\ntwo"),
            ("From: a@a.example\nMessage-ID: <m1@a.example>\nSubject: x\n y\nTo: c@d.example", "one\n\ntwo"),
        ] {
            assert_ne!(of(header, body), same, "{header}");
        }
        let crlf = |first: &str| identity(format!("From: a@a.example\r\n\r\n{first}\n\nrest").as_bytes(), "m", &[]);
        assert_ne!(crlf("one"), crlf("two"), "the body begins at the first empty line");
    }

    #[test]
    fn without_a_message_id_all_bytes_count() {
        let bare = |header: &str| identity(format!("{header}\n\nI have removed it.").as_bytes(), "", &[]);
        assert_ne!(bare("From: a@a.example"), bare("From: b@b.example"));
        assert_ne!(bare("From: a@a.example"), bare("From: a@a.example\nReceived: by mx"));
        assert_eq!(bare("From: a@a.example"), bare("From: a@a.example"));
        assert_ne!(identity(b"x", "m", &["a"]), identity(b"x", "m", &["b"]), "whom it is for counts");
    }
}
