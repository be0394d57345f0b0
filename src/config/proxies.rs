//! Which proxies stand between the world and this server, and what they say of the sender's address.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// The header in which proxies name the address a request came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: a list of addresses, the nearest last.
    #[default]
    XForwardedFor,
    /// `Forwarded`, RFC 7239.
    Forwarded,
}

/// Whose word about the sender's address counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TrustedProxies {
    /// Nobody's: the address of the peer is the sender's.
    #[default]
    None,
    /// So many proxies, counted from this server outward: each adds one entry.
    Hops(usize),
    /// Proxies at these networks. The sender is the first address, from this server outward, outside of them.
    Networks(Vec<IpNet>),
}

/// A longer chain of proxies than anybody runs is a mistake.
const MOST_HOPS: usize = 16;

impl FromStr for TrustedProxies {
    type Err = ();

    /// `0` to `16`, or networks and addresses separated by commas or blanks.
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(hops) = text.trim().parse::<usize>() {
            return match hops {
                0 => Ok(Self::None),
                1..=MOST_HOPS => Ok(Self::Hops(hops)),
                _ => Err(()),
            };
        }
        let each = text.split([',', ' ', '|']).filter(|word| !word.is_empty());
        let networks: Vec<IpNet> = each.map(network).collect::<Option<_>>().ok_or(())?;
        if networks.is_empty() { Err(()) } else { Ok(Self::Networks(networks)) }
    }
}

fn network(text: &str) -> Option<IpNet> {
    let one = text.parse::<IpAddr>().map(|ip| IpNet::from(ip.to_canonical()));
    one.or_else(|_| text.parse::<IpNet>().map(|net| net.trunc())).ok()
}

impl TrustedProxies {
    /// The sender's address by what proxies wrote, the nearest last, and the peer of the connection. An entry that is
    /// no address (`None`) ends the walk: what lies behind it is nobody's word.
    #[must_use]
    pub fn sender(&self, entries: &[Option<IpAddr>], peer: IpAddr) -> IpAddr {
        match self {
            Self::None => peer,
            Self::Hops(hops) => {
                // A request with fewer entries did not come through all of them.
                let at = entries.len().checked_sub(*hops);
                at.and_then(|at| entries.get(at).copied().flatten()).unwrap_or(peer)
            }
            Self::Networks(networks) => {
                let trusted = |ip: &IpAddr| networks.iter().any(|net| net.contains(ip));
                let mut nearest = peer;
                for entry in entries.iter().rev() {
                    match entry {
                        Some(ip) if trusted(&nearest) => nearest = *ip,
                        _ => break,
                    }
                }
                nearest
            }
        }
    }

    /// Whether headers of a request from this peer are a proxy's of ours.
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        match self {
            Self::None => false,
            Self::Hops(_) => true,
            Self::Networks(networks) => networks.iter().any(|net| net.contains(&peer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn sender(trust: &str, entries: &[&str]) -> String {
        let entries: Vec<Option<IpAddr>> = entries.iter().map(|e| e.parse().ok()).collect();
        trust.parse::<TrustedProxies>().unwrap().sender(&entries, ip("10.0.0.1")).to_string()
    }

    #[test]
    fn the_sender_is_counted_from_the_right() {
        for (trust, entries, expected) in [
            ("0", vec!["198.51.100.7"], "10.0.0.1"),
            ("1", vec!["127.0.0.1", "198.51.100.7"], "198.51.100.7"),
            ("2", vec!["127.0.0.1", "198.51.100.7", "10.0.0.2"], "198.51.100.7"),
            // Fewer entries than proxies, or one that is no address: the peer.
            ("2", vec!["198.51.100.7"], "10.0.0.1"),
            ("1", vec!["198.51.100.7", "unknown"], "10.0.0.1"),
            ("1", vec![], "10.0.0.1"),
            ("10.0.0.0/8", vec!["127.0.0.1", "198.51.100.7", "10.9.9.9"], "198.51.100.7"),
            ("10.0.0.0/8, 2001:db8::/32", vec!["203.0.113.5", "2001:db8::9"], "203.0.113.5"),
            // Everybody is trusted: the farthest. A gap ends it.
            ("10.0.0.0/8", vec!["10.3.3.3", "10.2.2.2"], "10.3.3.3"),
            ("10.0.0.0/8", vec!["198.51.100.7", "_hidden", "10.2.2.2"], "10.2.2.2"),
            // A peer that is no proxy of ours says nothing.
            ("192.0.2.1", vec!["198.51.100.7"], "10.0.0.1"),
        ] {
            assert_eq!(sender(trust, &entries), expected, "{trust} {entries:?}");
        }
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        for wrong in ["17", "-1", "yes", "10.0.0.0/33", "10.0.0.0/8 proxy", ","] {
            assert!(wrong.parse::<TrustedProxies>().is_err(), "{wrong}");
        }
        assert!("::ffff:10.0.0.1".parse::<TrustedProxies>().unwrap().trusts(ip("10.0.0.1")));
    }
}
