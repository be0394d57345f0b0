//! One spelling for each place on the web, so that an address is matched and counted as the same however it was
//! written: RFC 3986 section 6.2.2 (syntax) and 6.2.3 (scheme).
//!
//! Case of scheme and host, dot segments, user names and fragments are dealt with where an address is read
//! (`location.rs`). Here follow percent-encoding, default ports, and `http` for `https`: what a server answers under the
//! one it answers under the other, and a complainant copies whichever the browser showed.

use std::fmt::Write;

use super::web_place::{WebHost, WebPlace};

/// The spelling in which places are compared. For an address that is written in it already, it is the address itself.
/// Schemes other than `http` and `https` are places of their own.
pub fn place(web: &WebPlace) -> String {
    let (scheme, rest) = web.url.split_once("://").unwrap_or(("https", &web.url));
    let is_web = matches!(scheme, "http" | "https");
    let after_host = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
    let host = match &web.host {
        WebHost::Name(name) => name.clone(),
        WebHost::Address(std::net::IpAddr::V6(ip)) => format!("[{ip}]"),
        WebHost::Address(ip) => ip.to_string(),
    };
    let authority = &rest[..rest.len() - after_host.len()];
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| is_port(port));
    let port = port.filter(|port| !(is_web && matches!(*port, "80" | "443")));
    let port = port.map_or(String::new(), |port| format!(":{port}"));
    let (path, query) = after_host.split_once('?').map_or((after_host, None), |(path, query)| (path, Some(query)));
    // A `?` with nothing behind it asks for the same (section 6.2.3).
    let query = query.filter(|query| !query.is_empty());
    let query = query.map_or(String::new(), |query| format!("?{}", percent(query, IN_QUERY)));
    let scheme = if is_web { "https" } else { scheme };
    format!("{scheme}://{host}{port}{}{query}", crate::domain::intake::canonical::path(path))
}

/// A path in the same spelling.
pub fn path(path: &str) -> String {
    percent(path, IN_PATH)
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `pchar` of RFC 3986 section 3.3 but for the unreserved ones, and the slash.
const IN_PATH: &[u8] = b"!$&'()*+,;=:@/";
/// The same in a query, section 3.4.
const IN_QUERY: &[u8] = b"!$&'()*+,;=:@/?";

/// Decodes what needs no encoding, encodes what needs it, and writes the rest in capitals (section 6.2.2.1 and
/// 6.2.2.2). A delimiter stays as it was written: `%2F` is no slash.
fn percent(text: &str, delimiters: &[u8]) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let coded = if byte == b'%' { bytes.get(at + 1..at + 3).and_then(hex) } else { None };
        at += if coded.is_some() { 3 } else { 1 };
        match coded {
            Some(plain) if is_unreserved(plain) => out.push(char::from(plain)),
            Some(plain) => push_coded(&mut out, plain),
            None if is_unreserved(byte) || delimiters.contains(&byte) => out.push(char::from(byte)),
            None => push_coded(&mut out, byte),
        }
    }
    out
}

fn push_coded(out: &mut String, byte: u8) {
    // Writing to a string does not fail.
    let _ = write!(out, "%{byte:02X}");
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let value = digit(*digits.first()?)? * 16 + digit(*digits.get(1)?)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::intake::location::{Location, Place};
    use proptest::prelude::*;

    fn of(written: &str) -> String {
        match Location::read_url(written).place {
            Place::Web(web) => place(&web),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn spellings_of_one_place_are_one() {
        for (one, others) in [
            (
                "https://pages.example/~kim/x.jpg",
                &[
                    "http://pages.example/%7Ekim/x.jpg",
                    "https://pages.example/~%6Bim/x.jpg",
                    "HTTPS://PAGES.example./%7ekim/x.jpg#top",
                    "https://pages.example:443/~kim/./x.jpg",
                    "http://pages.example:80/a/../~kim/x.jpg",
                    "http://pages.example:443/~kim/%2E/x.jpg",
                    "https://user:pw@pages.example/~kim/x%2Ejpg",
                    "//pages.example/~kim/x.jpg",
                    "hxxp://pages[.]example/~kim/x.jpg",
                    "https://%70ages.example/~kim/x.jpg",
                ][..],
            ),
            (
                "https://xn--bcher-kva.example/m%C3%BCller/",
                &["http://bücher.example/müller/", "https://BÜCHER.example/m%c3%bcller/"],
            ),
            ("https://a.example/a%5B1%5D/", &["https://a.example/a[1]/", "http://a.example/a%5b1%5d/"]),
            ("https://a.example/a%7Cb%5Ec", &["https://a.example/a|b^c", "https://a.example/a%7cb%5ec"]),
            ("https://a.example/x.jpg", &["https://a.example/x.jpg?", "http://a.example/x.jpg?#top"]),
            ("https://a.example/", &["https://a.example?", "http://a.example/?"]),
            ("https://a.example/x?a", &["https://a.example/x?%61"]),
            ("https://a.example/100%25.jpg", &["https://a.example/100%.jpg"]),
            ("https://a.example/?q=~%20", &["https://a.example?q=%7e%20", "http://a.example/?%71=%7E%20"]),
            ("https://192.0.2.1/x", &["http://192.0.2.1/x", "http://[::ffff:192.0.2.1]/x", "http://0xC0.0.2.1/x"]),
            ("https://[2001:db8::1]:8080/x", &["http://[2001:DB8:0::1]:8080/x"]),
            ("ftp://a.example/x", &["FTP://A.example:21/x"]),
        ] {
            assert_eq!(of(one), one);
            for other in others {
                assert_eq!(of(other), one, "{other}");
            }
        }
    }

    #[test]
    fn other_places_stay_others() {
        for (one, other) in [
            ("https://a.example/a%2Fb", "https://a.example/a/b"),
            ("https://a.example/a%3Fb", "https://a.example/a?b"),
            ("https://a.example/a%23b", "https://a.example/a#b"),
            ("https://a.example/a%2Bb", "https://a.example/a+b"),
            ("https://a.example/A", "https://a.example/a"),
            ("https://a.example:8443/x", "https://a.example/x"),
            ("https://a.example/x/", "https://a.example/x"),
            ("https://a.example/x?a=%26b", "https://a.example/x?a=&b"),
            ("https://a.example/%257Ekim", "https://a.example/%7Ekim"),
            ("https://a.example/m%FCller", "https://a.example/m%C3%BCller"),
            ("ftp://a.example/x", "https://a.example/x"),
            ("https://www.a.example/x", "https://a.example/x"),
        ] {
            assert_ne!(of(one), of(other), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn the_spelling_of_the_spelling_is_itself(path in "[ -~]{0,40}") {
            if let Place::Web(web) = Location::read_url(&format!("http://a.example:81/{path}")).place {
                let once = place(&web);
                prop_assert_eq!(of(&once), once);
            }
        }
    }
}
