//! Text that people give about themselves: email addresses and single lines.

use std::fmt;

use serde::{Deserialize, Serialize};
use validator::ValidateEmail;

use super::visible::{is_hidden, write_escape};

/// An email address that can be written to: local part, `@`, and a host name with a dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address. The host part gets one spelling: that which it has after the mapping of UTS 46, in lower case and
    /// with letters of any alphabet in place of A-labels. RFC 5321 section 2.4 leaves the local part as it is.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@')?;
        // The shape is that of ASCII addresses; before the `@` letters of any alphabet stand for one of it (RFC 6531).
        let shape = |c: char| if c.is_alphanumeric() && !c.is_ascii() { 'x' } else { c };
        let shaped = format!("{}@{host}", local.chars().map(shape).collect::<String>());
        if text.len() > 254 || local.len() > 64 || !shaped.validate_email() || text.chars().any(is_hidden) {
            return None;
        }
        let host = one_spelling(host)?;
        host.contains('.').then(|| Self(format!("{local}@{host}")))
    }
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The host part.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }
    /// Without a `+` extension, in lower case: `copyright@host.example`.
    pub fn plain(&self) -> String {
        let (local, host) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        format!("{}@{host}", local.split('+').next().unwrap_or(local).to_lowercase())
    }
    /// What letters to one mailbox are counted by, however it is written: [`EmailAddress::plain`], and of providers with
    /// several names and spellings for one mailbox, one of them.
    pub fn mailbox(&self) -> String {
        let plain = self.plain();
        let (local, host) = plain.rsplit_once('@').unwrap_or(("", &plain));
        let Some((names, ignored)) = ONE_MAILBOX.into_iter().find(|(names, _)| names.contains(&host)) else {
            return plain;
        };
        format!("{}@{}", local.replace(ignored, ""), names[0])
    }
    /// The domain that letters are counted by: what somebody registered, with all hosts below it (Public Suffix List), in
    /// A-labels.
    pub fn registered_domain(&self) -> String {
        let host = idna::domain_to_ascii(self.domain()).unwrap_or_else(|_| self.domain().to_owned());
        psl::domain_str(&host).map_or_else(|| host.clone(), str::to_owned)
    }
    /// With an extension: `copyright+abc@host.example`.
    #[must_use]
    pub fn extended(&self, extension: &str) -> Self {
        let (local, host) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        Self(format!("{local}+{extension}@{host}"))
    }
    /// As it stands in an SMTP envelope: the host in A-labels (RFC 5891), which every server takes. The local part stays
    /// as it is.
    pub fn wire(&self) -> String {
        let (local, host) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        let host = idna::domain_to_ascii(host).unwrap_or_else(|_| host.to_owned());
        format!("{local}@{host}")
    }
    /// Whether only a server that offers SMTPUTF8 takes a letter to it (RFC 6531): letters outside ASCII before the `@`.
    pub fn needs_smtputf8(&self) -> bool {
        self.0.rsplit_once('@').is_some_and(|(local, _)| !local.is_ascii())
    }
    /// Whether two addresses name one mailbox: hosts in either form, local parts in any case, as all but a few servers
    /// take them.
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.0 == other.0 || self.wire().to_lowercase() == other.wire().to_lowercase()
    }
    /// With most of the local part hidden, for logs.
    pub fn masked(&self) -> String {
        let (local, host) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{host}")
    }
}

/// Names of a provider, and what it does not look at before the `@`.
type Provider = (&'static [&'static str], &'static [char]);

/// Providers of free mail at which several spellings are one mailbox, as they say in their help pages.
const ONE_MAILBOX: [Provider; 3] = [
    (&["gmail.com", "googlemail.com"], &['.']),
    (&["proton.me", "protonmail.com", "pm.me"], &['.', '-', '_']),
    (&["icloud.com", "me.com", "mac.com"], &[]),
];

/// One spelling for a host name; nothing for what no server can be found by.
fn one_spelling(host: &str) -> Option<String> {
    let lower = host.to_ascii_lowercase();
    if lower.is_ascii() && !lower.contains("xn--") {
        return Some(lower);
    }
    // By way of A-labels: one mailbox has one envelope, and from that follows one spelling.
    let ascii = idna::domain_to_ascii(host).ok()?;
    let (unicode, readable) = idna::domain_to_unicode(&ascii);
    Some(if readable.is_ok() { unicode } else { ascii })
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A single line safe for a mail header: line breaks and other blanks become spaces, runs of them one, what else cannot be
/// seen is written out (`⟨U+202E⟩`), and the line is cut at `max` characters.
pub fn one_line(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max));
    push_line(&mut out, text, max);
    out
}

/// Appends a text as [`one_line`] makes it.
fn push_line(out: &mut String, text: &str, max: usize) {
    if text.len() <= max && is_one_line(text) {
        out.push_str(text);
        return;
    }
    let start = out.len();
    let mut blank = true;
    let mut kept = 0;
    for c in text.chars() {
        if kept >= max {
            break;
        }
        let c = if c.is_whitespace() { ' ' } else { c };
        if c == ' ' && blank {
            continue;
        }
        blank = c == ' ';
        let before = out.len();
        if is_hidden(c) {
            let _ = write_escape(out, c);
        } else {
            out.push(c);
        }
        // What is written out is longer than what was there.
        kept += out[before..].chars().count();
        if kept > max {
            out.truncate(before);
            break;
        }
    }
    out.truncate(start + out[start..].trim_end().len());
}

/// Whether a text surely is such a line, as most are: printable ASCII without a blank too many.
fn is_one_line(text: &str) -> bool {
    // Counted to the end, which the processor does for many letters at once, rather than asked of one after the other.
    let bytes = text.as_bytes();
    let others = bytes.iter().filter(|byte| !(b' '..=b'~').contains(*byte)).count();
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let blanks = pairs.filter(|(one, next)| (**one, **next) == (b' ', b' ')).count();
    others == 0 && blanks == 0 && bytes.first() != Some(&b' ') && bytes.last() != Some(&b' ')
}

/// Several lines: as [`one_line`] for each, empty lines at the ends removed.
pub fn many_lines(text: &str, max: usize) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        push_line(&mut joined, line, max);
        joined.push('\n');
    }
    joined.pop();
    if joined.len() > max
        && let Some((end, _)) = joined.char_indices().nth(max)
    {
        joined.truncate(end);
    }
    joined.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_out_counts_as_long_as_it_is() {
        let hidden = "a\0\0\0\0\0\0b";
        assert!(one_line(hidden, 20).chars().count() <= 20 && many_lines(hidden, 20).chars().count() <= 20);
        assert_eq!(one_line("a\u{202e}b", 20), "a⟨U+202E⟩b");
        assert_eq!(one_line("a\u{202e}b", 5), "a");
    }

    #[test]
    fn addresses_that_cannot_be_written_to_are_refused() {
        for wrong in [
            "",
            "rights@holtfinch",
            "a b@c.example",
            "a@b.example\r\nBcc: x@y.example",
            "@b.example",
            "a@",
            "a\u{202e}b@c.example",
        ] {
            assert_eq!(EmailAddress::parse(wrong), None, "{wrong}");
        }
        let address = EmailAddress::parse(" Rights@HoltFinch.Example ").unwrap();
        assert_eq!(address.as_str(), "Rights@holtfinch.example");
        assert_eq!(address.masked(), "R***@holtfinch.example");
    }

    #[test]
    fn international_hosts_are_written_in_a_labels() {
        let address = |text| EmailAddress::parse(text).unwrap();
        let umlaut = address("Info@Bücher.example");
        assert_eq!(umlaut.wire(), "Info@xn--bcher-kva.example");
        assert!(!umlaut.needs_smtputf8() && address("jörg@bücher.example").needs_smtputf8());
        assert!(umlaut.is_same_mailbox(&address("info@xn--bcher-kva.example")));
        assert!(!umlaut.is_same_mailbox(&address("info@bucher.example")));
        assert!(address("Jörg@x.example").is_same_mailbox(&address("jörg@X.example")));
    }

    #[test]
    fn spellings_of_one_mailbox_are_one() {
        let address = |text: &str| EmailAddress::parse(text).unwrap();
        for same in
            ["a@victim.\u{ff45}xample", "a@\u{24e5}ictim.example", "A@VICTIM.EXAMPLE", "a@victim\u{3002}example"]
        {
            assert_eq!(address(same).mailbox(), "a@victim.example", "{same}");
            assert_eq!(address(same).domain(), "victim.example", "{same}");
        }
        assert_eq!(address("a@XN--bcher-KVA.example"), address("a@b\u{fc}cher.example"));
        assert_eq!(address("a@bu\u{308}cher.example"), address("a@B\u{dc}CHER.example"));
        for same in ["v.ictim@gmail.com", "Vic.tim+x@googlemail.com", "victim@GMail.com"] {
            assert_eq!(address(same).mailbox(), "victim@gmail.com", "{same}");
        }
        assert_eq!(address("j-oe@pm.me").mailbox(), address("joe@proton.me").mailbox());
        assert_ne!(address("v.ictim@third.example").mailbox(), address("victim@third.example").mailbox());
        for (host, registered) in [
            ("a.b.third.example", "third.example"),
            ("x.co.uk", "x.co.uk"),
            ("m.b\u{fc}cher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(address(&format!("a@{host}")).registered_domain(), registered, "{host}");
        }
        assert_eq!(EmailAddress::parse("a@xn--\u{fc}.example"), None);
    }

    #[test]
    fn a_line_cannot_carry_a_header() {
        assert_eq!(one_line("Joel\r\nBcc: all@x.example\u{202e}", 80), "Joel Bcc: all@x.example⟨U+202E⟩");
        assert_eq!(one_line("a\u{0}\u{1b}[31m\u{200b}b\u{2028}c", 80), "a⟨U+0000⟩⟨U+001B⟩[31m⟨U+200B⟩b c");
        assert_eq!(one_line("  abcdef  ", 4), "abcd");
        assert_eq!(many_lines("\n a \r\n\tb\n\n", 80), "a\nb");
        assert_eq!(many_lines("äb\nçd", 4), "äb\nç");
    }

    #[test]
    fn what_is_one_line_stays() {
        for (text, is) in [
            ("", true),
            ("Joel Finch", true),
            ("a", true),
            (" a", false),
            ("a ", false),
            ("a  b", false),
            ("ä", false),
            ("a\tb", false),
        ] {
            assert_eq!(is_one_line(text), is, "{text}");
            assert_eq!(one_line(text, 80) == text, is || text == "ä", "{text}");
        }
    }
}
