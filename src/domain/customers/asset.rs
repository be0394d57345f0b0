//! What ties a location to a customer, and which of several assets is the closest.
//!
//! Every asset is one *key*; every location has a list of candidate keys, closest first. A look-up is
//! therefore one indexed query per distinct host or address, whatever the size of the table, and the
//! same query on both databases.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::domain::intake::canonical;
use crate::domain::intake::location::{Location, NetworkPlace, Place, WebHost, WebPlace, normal_host};

/// An asset as entered: host name, wildcard domain, URL prefix, address or range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asset {
    /// `alder-photo.example`: this host and no other.
    Host(String),
    /// `*.halyard.example`: every host below the domain, not the domain itself.
    Wildcard(String),
    /// `host.example/~kim/`: paths at or below a prefix.
    Prefix(String, String),
    /// `198.51.100.73` or `2001:db8:40::/48`.
    Range(IpNet),
}

/// Why an asset was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssetError {
    /// Not one of the five forms.
    #[error(
        "“{0}” is not an asset; write a host name, *.domain, host/path/, an IP address or a range like 198.51.100.0/24"
    )]
    NotAnAsset(String),
    /// A wildcard over a public suffix would claim other people's domains.
    #[error("*.{0} covers a public suffix, under which anybody can register; name the customer's own domain")]
    PublicSuffix(String),
}

/// Most path segments that a prefix can have; deeper ones are matched at this depth.
const MAX_DEPTH: usize = 12;

impl Asset {
    /// Reads an asset as an operator writes it.
    pub fn parse(text: &str) -> Result<Self, AssetError> {
        let text = text.trim();
        let wrong = || AssetError::NotAnAsset(text.chars().take(80).collect());
        if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(Self::Range(ip.to_canonical().into()));
        }
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Range(net.trunc()));
        }
        if let Some(domain) = text.strip_prefix("*.") {
            let domain = normal_host_or_suffix(domain).ok_or_else(wrong)?;
            if psl::domain_str(&domain).is_none() {
                return Err(AssetError::PublicSuffix(domain));
            }
            return Ok(Self::Wildcard(domain));
        }
        let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
        let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
        let host = host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host);
        let host = normal_host(host).ok_or_else(wrong)?;
        // A blank in a folder's name is written as it is on the server.
        let location = Location::read_url(&format!("https://{host}/{}", path.replace(' ', "%20")));
        let Place::Web(web) = location.place else { return Err(wrong()) };
        match canonical::path(&web.path).trim_end_matches('/') {
            "" if location.as_written.contains('?') => Err(wrong()),
            "" => Ok(Self::Host(host)),
            path if path.split('/').count() > MAX_DEPTH + 1 || location.as_written.contains('?') => Err(wrong()),
            path => Ok(Self::Prefix(host, path.to_owned())),
        }
    }

    /// The key that is stored and indexed.
    pub fn key(&self) -> String {
        match self {
            Self::Host(host) => format!("h:{host}"),
            Self::Wildcard(domain) => format!("w:{domain}"),
            Self::Prefix(host, path) => format!("p:{host}{path}"),
            Self::Range(net) => format!("i:{net}"),
        }
    }

    /// As shown to people, from the key.
    pub fn shown(key: &str) -> String {
        match key.split_at_checked(2) {
            Some(("w:", domain)) => format!("*.{domain}"),
            Some(("p:", rest)) => format!("{rest}/"),
            Some(("i:", net)) => net.strip_suffix("/32").or_else(|| net.strip_suffix("/128")).unwrap_or(net).to_owned(),
            Some((_, rest)) => rest.to_owned(),
            None => key.to_owned(),
        }
    }
}

/// A host name, or a single label: `*.com` should be refused as a public suffix, not as nonsense.
fn normal_host_or_suffix(domain: &str) -> Option<String> {
    let label = |d: &String| !d.is_empty() && d.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    normal_host(domain).or_else(|| idna::domain_to_ascii(domain.trim_end_matches('.')).ok().filter(label))
}

/// Keys of all assets that would cover a location, closest first.
pub fn candidates(location: &Location) -> Vec<String> {
    match &location.place {
        Place::Web(WebPlace { host: WebHost::Name(host), path, .. }) => name_candidates(host, path),
        Place::Web(WebPlace { host: WebHost::Address(ip), .. }) | Place::Network(NetworkPlace { ip, .. }) => {
            address_candidates(*ip)
        }
        Place::Unreadable(_) => Vec::new(),
    }
}

fn name_candidates(host: &str, path: &str) -> Vec<String> {
    let path = canonical::path(path);
    let mut keys = Vec::new();
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    let mut prefixes: Vec<&str> = ends.map(|end| path[..end].trim_end_matches('/')).take(MAX_DEPTH).collect();
    prefixes.dedup();
    keys.extend(prefixes.iter().rev().filter(|p| !p.is_empty()).map(|p| format!("p:{host}{p}")));
    keys.push(format!("h:{host}"));
    let parents = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
    keys.extend(parents.filter(|d| d.contains('.')).map(|domain| format!("w:{domain}")));
    keys
}

fn address_candidates(ip: IpAddr) -> Vec<String> {
    let longest = if ip.is_ipv4() { 32 } else { 128 };
    // Most lengths of one address cut off nothing but zeros: its text is written for the others only.
    let (mut cut, mut text) = (ip, ip.to_string());
    let of_length = |length: u8| {
        let net = IpNet::new(ip, length).ok()?.network();
        if net != cut {
            (cut, text) = (net, net.to_string());
        }
        Some(format!("i:{text}/{length}"))
    };
    (0..=longest).rev().filter_map(of_length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_of_every_kind_are_read() {
        for (text, key) in [
            ("Alder-Photo.example.", "h:alder-photo.example"),
            ("https://alder-photo.example/", "h:alder-photo.example"),
            ("*.halyard.example", "w:halyard.example"),
            ("host.example/~kim/", "p:host.example/~kim"),
            ("host.example/~kim", "p:host.example/~kim"),
            ("http://Host.example:80/%7ekim/", "p:host.example/~kim"),
            ("host.example/m%c3%bcller/", "p:host.example/m%C3%BCller"),
            ("host.example/müller/", "p:host.example/m%C3%BCller"),
            ("host.example/a[1]/", "p:host.example/a%5B1%5D"),
            ("host.example/my files/", "p:host.example/my%20files"),
            ("host.example/a%2fb/", "p:host.example/a%2Fb"),
            ("host.example:443", "h:host.example"),
            ("198.51.100.73", "i:198.51.100.73/32"),
            ("198.51.100.7/24", "i:198.51.100.0/24"),
            ("2001:DB8:40::/48", "i:2001:db8:40::/48"),
            ("::ffff:192.0.2.1", "i:192.0.2.1/32"),
        ] {
            assert_eq!(Asset::parse(text).map(|a| a.key()).as_deref(), Ok(key), "{text}");
        }
    }

    #[test]
    fn a_wildcard_over_a_public_suffix_is_refused() {
        for suffix in ["*.co.uk", "*.com", "*.uk"] {
            assert!(matches!(Asset::parse(suffix), Err(AssetError::PublicSuffix(_))), "{suffix}");
        }
        for wrong in ["", "*", "a b", "nodots", "198.51.100.0/33", "*.*.x.example", "a.example/x?y"] {
            assert!(Asset::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_closest_asset_comes_first() {
        let keys = candidates(&Location::read_url("http://www.shop.example.com/~kim/a/b.jpg"));
        assert_eq!(
            keys,
            [
                "p:www.shop.example.com/~kim/a/b.jpg",
                "p:www.shop.example.com/~kim/a",
                "p:www.shop.example.com/~kim",
                "h:www.shop.example.com",
                "w:shop.example.com",
                "w:example.com",
            ]
        );
        let keys = candidates(&Location::read_url("http://192.0.2.9/"));
        assert_eq!((keys[0].as_str(), keys.len()), ("i:192.0.2.9/32", 33));
        for ip in ["192.0.2.9", "255.255.255.255", "0.0.0.0", "2001:db8:5a:1::1", "ffff::ffff:ffff", "::", "::ffff:0:1"]
        {
            let ip: IpAddr = ip.parse().unwrap();
            let longest = if ip.is_ipv4() { 32 } else { 128 };
            let nets = (0..=longest).rev().map(|length| IpNet::new(ip, length).unwrap().trunc());
            let keys: Vec<String> = nets.map(|net| Asset::Range(net).key()).collect();
            assert_eq!(address_candidates(ip), keys, "{ip}");
        }
    }
}
