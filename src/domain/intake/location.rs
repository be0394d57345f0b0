//! Where the material is: a URL, or an IP address with port and time. 17 USC 512(c)(3)(A)(iii).
//!
//! Reading is lenient: senders defang (`hxxp`, `[.]`), leave out the scheme, write host names in other
//! scripts. What cannot be read stays as written and never sinks the other locations.

use std::net::IpAddr;

use url::{Host, Url};

use super::canonical;
pub use super::web_place::{Mend, WebHost, WebPlace};
use crate::domain::base::moment::Moment;

/// Longest location kept, in bytes. Browsers and servers stop far below.
pub const MAX_URL: usize = 8192;

/// One reported location, as written and as understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Exactly what the sender wrote (cut at [`MAX_URL`] bytes).
    pub as_written: String,
    /// What it means.
    pub place: Place,
}

/// What a location means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A page or file on a server, by its URL.
    Web(WebPlace),
    /// A file offered from an address at a time.
    Network(NetworkPlace),
    /// Not understood; kept as written.
    Unreadable(Unreadable),
}

/// An address, port and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPlace {
    /// The address; IPv4-mapped IPv6 is read as IPv4.
    pub ip: IpAddr,
    /// TCP or UDP port, where given.
    pub port: Option<u16>,
    /// When it was observed, where given: decides who had the address.
    pub observed_at: Option<Moment>,
    /// File name, hash or other detail.
    pub detail: String,
}

/// Why a location was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Not a web address at all.
    NotAnAddress,
    /// A scheme that names no file or stream on a server.
    OtherScheme,
    /// Longer than [`MAX_URL`], or more addresses than the notice has room for.
    TooLong,
}

impl Location {
    /// Reads one line a sender wrote as a web address.
    pub fn read_url(written: &str) -> Self {
        // PostgreSQL keeps no NUL in text; the bytes as received keep everything.
        let written = &written.trim().replace('\0', "\u{2400}");
        if written.len() > MAX_URL {
            return Self::too_long(written);
        }
        let place = read_web(written).map_or_else(Place::Unreadable, Place::Web);
        Self { as_written: written.to_owned(), place }
    }

    /// What is not read because there is too much of it.
    pub fn too_long(written: &str) -> Self {
        let end = written.floor_char_boundary(MAX_URL);
        Self { as_written: written[..end].to_owned(), place: Place::Unreadable(Unreadable::TooLong) }
    }

    /// A location by address, port and time.
    pub fn network(ip: IpAddr, port: Option<u16>, observed_at: Option<Moment>, detail: String) -> Self {
        let ip = ip.to_canonical();
        let mut as_written = match (ip, port) {
            (ip, None) => ip.to_string(),
            (ip, Some(port)) => std::net::SocketAddr::new(ip, port).to_string(),
        };
        if let Some(at) = observed_at {
            as_written.push(' ');
            as_written.push_str(&at.iso());
        }
        Self { as_written, place: Place::Network(NetworkPlace { ip, port, observed_at, detail }) }
    }

    /// The spelling compared for "the same material".
    pub fn canonical(&self) -> String {
        match &self.place {
            Place::Web(web) => canonical::place(web),
            Place::Network(_) | Place::Unreadable(_) => self.as_written.clone(),
        }
    }

    /// The text shown to people.
    pub fn shown(&self) -> &str {
        match &self.place {
            Place::Web(web) => &web.url,
            Place::Network(_) | Place::Unreadable(_) => &self.as_written,
        }
    }

    /// Whether a URL names a whole site rather than a page or file on it.
    pub fn is_whole_site(&self) -> bool {
        let has_query = |url: &str| url.split_once('?').is_some_and(|(_, query)| !query.is_empty());
        matches!(&self.place, Place::Web(web) if web.path == "/" && !has_query(&web.url))
    }

    /// Host name or address, for the case's title.
    pub fn site(&self) -> Option<String> {
        match &self.place {
            Place::Web(WebPlace { host: WebHost::Name(name), .. }) => Some(name.clone()),
            Place::Web(WebPlace { host: WebHost::Address(ip), .. }) => Some(ip.to_string()),
            Place::Network(net) => Some(net.ip.to_string()),
            Place::Unreadable(_) => None,
        }
    }
}

fn read_web(written: &str) -> Result<WebPlace, Unreadable> {
    let mut mended = Vec::new();
    let text = refang(written);
    if text != written {
        mended.push(Mend::Refanged);
    }
    let text = match scheme_of(&text) {
        Some(Scheme::Material) => text,
        Some(Scheme::Other) => return Err(Unreadable::OtherScheme),
        None => {
            mended.push(Mend::SchemeAssumed);
            format!("https://{}", text.trim_start_matches('/'))
        }
    };
    // Blanks inside a host or path are a sign of prose, not of an address.
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Unreadable::NotAnAddress);
    }
    let mut url = Url::parse(&text).map_err(|_| Unreadable::NotAnAddress)?;
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").map_err(|()| Unreadable::NotAnAddress)?;
        url.set_password(None).map_err(|()| Unreadable::NotAnAddress)?;
        mended.push(Mend::CredentialsRemoved);
    }
    url.set_fragment(None);
    let host = read_host(&mut url)?;
    Ok(WebPlace { path: url.path().to_owned(), url: url.into(), host, mended })
}

fn read_host(url: &mut Url) -> Result<WebHost, Unreadable> {
    match url.host() {
        Some(Host::Ipv4(ip)) => Ok(WebHost::Address(ip.into())),
        Some(Host::Ipv6(ip)) => Ok(WebHost::Address(IpAddr::from(ip).to_canonical())),
        Some(Host::Domain(name)) => {
            let plain = normal_host(name).ok_or(Unreadable::NotAnAddress)?;
            if plain != name {
                url.set_host(Some(&plain)).map_err(|_| Unreadable::NotAnAddress)?;
            }
            Ok(WebHost::Name(plain))
        }
        None => Err(Unreadable::NotAnAddress),
    }
}

/// A host name in ASCII lower case without the trailing dot; needs at least one dot inside.
pub fn normal_host(name: &str) -> Option<String> {
    let plain = idna::domain_to_ascii(name.trim().trim_end_matches('.')).ok()?;
    let labels_fit = plain.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    });
    // A last label of digits would be an IPv4 address (WHATWG URL, section 3.5).
    let ends_in_number = plain.rsplit('.').next().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
    (plain.contains('.') && plain.len() <= 253 && labels_fit && !ends_in_number).then_some(plain)
}

/// Schemes of files and streams on a server, longer ones before those they begin with.
pub const SCHEMES: [&str; 14] =
    ["https", "http", "ftps", "ftp", "sftp", "rtmps", "rtmpe", "rtmpt", "rtmp", "rtsps", "rtsp", "srt", "mms", "nntp"];

/// What the scheme of an absolute URL names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    /// A file or stream on a server.
    Material,
    Other,
}

/// The scheme of an absolute URL, or nothing where the text begins with a host (`host.example:8080/x`).
fn scheme_of(text: &str) -> Option<Scheme> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'));
    if !is_scheme {
        return None;
    }
    if rest.starts_with("//") || matches!(scheme, "mailto" | "magnet" | "data" | "javascript") {
        let material = SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(scheme));
        return Some(if material { Scheme::Material } else { Scheme::Other });
    }
    None
}

/// Undoes the usual ways of making an address harmless in mail.
fn refang(text: &str) -> String {
    let pairs = [('<', '>'), ('"', '"'), ('“', '”'), ('(', ')')];
    let bare = pairs.iter().find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close)).unwrap_or(text);
    let mut out = bare
        .replace("[.]", ".")
        .replace("(.)", ".")
        .replace("[dot]", ".")
        .replace("(dot)", ".")
        .replace("[:]", ":")
        .replace("[://]", "://");
    let lower = out.get(..8).unwrap_or(&out).to_ascii_lowercase();
    for (fanged, plain) in [("hxxps", "https"), ("hxxp", "http"), ("h**p", "http")] {
        if lower.starts_with(fanged) {
            out.replace_range(..fanged.len(), plain);
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url_of(written: &str) -> String {
        match Location::read_url(written).place {
            Place::Web(web) => web.url,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn addresses_are_normalised() {
        for (written, expected) in [
            ("https://Alder-Photo.Example./a%20b?c=1#top", "https://alder-photo.example/a%20b?c=1"),
            ("alder-photo.example/x", "https://alder-photo.example/x"),
            ("//cdn.example.com/x", "https://cdn.example.com/x"),
            ("http://a.example:80/", "http://a.example/"),
            ("a.example:8080/x", "https://a.example:8080/x"),
            ("hxxps://a[.]example/x", "https://a.example/x"),
            ("HXXP://a(dot)example/x", "http://a.example/x"),
            ("https://user:secret@a.example/x", "https://a.example/x"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
            ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
            ("<https://a.example/x>", "https://a.example/x"),
            ("https://a.example/%7Ekim/../x", "https://a.example/x"),
            ("ftp://guest:secret@A.example/x", "ftp://a.example/x"),
            ("nntp://News.Example.com/alt.films/1%40x", "nntp://news.example.com/alt.films/1%40x"),
        ] {
            assert_eq!(url_of(written), expected, "{written}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_kept_and_marked() {
        for (written, why) in [
            ("alder photo salt marsh 2", Unreadable::NotAnAddress),
            ("", Unreadable::NotAnAddress),
            ("localhost/x", Unreadable::NotAnAddress),
            ("https://", Unreadable::NotAnAddress),
            ("ed2k://|file|x|1|/", Unreadable::OtherScheme),
            ("javascript:alert(1)", Unreadable::OtherScheme),
            ("https://a..example/x", Unreadable::NotAnAddress),
        ] {
            let location = Location::read_url(written);
            assert_eq!(location.place, Place::Unreadable(why), "{written}");
            assert_eq!(location.as_written, written);
        }
        let long = format!("https://a.example/{}", "é".repeat(MAX_URL));
        assert_eq!(Location::read_url(&long).place, Place::Unreadable(Unreadable::TooLong));
    }

    #[test]
    fn a_look_alike_host_is_another_host() {
        // Cyrillic а: the address in ASCII shows it.
        assert_eq!(url_of("https://\u{430}lder.example/"), "https://xn--lder-43d.example/");
    }

    #[test]
    fn a_whole_site_is_noticed() {
        assert!(Location::read_url("a.example").is_whole_site());
        assert!(Location::read_url("a.example/?").is_whole_site());
        assert!(!Location::read_url("a.example/?p=3").is_whole_site());
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_reading_again_changes_nothing(text in "\\PC{0,80}") {
            if let Place::Web(web) = Location::read_url(&text).place {
                let again = Location::read_url(&web.url);
                prop_assert_eq!(again.shown(), web.url.as_str());
            }
        }

        #[test]
        fn anything_like_a_url_is_read_the_same_twice(host in "[a-zA-Z0-9.-]{1,20}", path in "[ -~]{0,40}") {
            if let Place::Web(web) = Location::read_url(&format!("http://{host}/{path}")).place {
                let again = Location::read_url(&web.url);
                prop_assert_eq!(again.shown(), web.url.as_str());
            }
        }
    }
}
