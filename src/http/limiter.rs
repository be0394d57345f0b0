//! Counting by key, in memory, and whom a network address belongs to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::HttpError;

/// Counts by key.
pub(super) struct Limiter {
    counts: DefaultKeyedRateLimiter<String>,
    /// So many keys, and those that are fresh again are forgotten: memory does not grow with the world.
    sweep_at: AtomicUsize,
}

/// Fewer keys are not worth a sweep.
const FEW: usize = 10_000;

impl Limiter {
    /// So many in a minute.
    pub fn per_minute(n: u32) -> Self {
        Self::new(Quota::per_minute(at_least_one(n)))
    }

    /// So many in an hour.
    pub fn per_hour(n: u32) -> Self {
        Self::new(Quota::per_hour(at_least_one(n)))
    }

    fn new(quota: Quota) -> Self {
        Self { counts: RateLimiter::keyed(quota), sweep_at: AtomicUsize::new(FEW) }
    }

    /// A sweep looks at all keys, so the next one waits until there are twice as many as were left.
    fn sweep(&self) {
        if self.counts.len() > self.sweep_at.load(Ordering::Relaxed) {
            self.counts.retain_recent();
            self.sweep_at.store((self.counts.len() * 2).max(FEW), Ordering::Relaxed);
        }
    }

    /// Counts one; refused with the seconds to wait where there were too many.
    pub fn check(&self, key: &str) -> Result<(), HttpError> {
        self.sweep();
        self.counts.check_key(&key.to_owned()).map_err(|not_until| {
            HttpError::TooMany(not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
        })
    }
}

fn at_least_one(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
}

/// Whom an address belongs to: of IPv6 the first 64 bits, since one household or machine has all of them
/// (RFC 6177).
pub(super) fn network(address: &str) -> String {
    prefix(address, 32, 64)
}

/// A larger neighborhood: what one customer of an access provider can have at most (RFC 6177 section 2), or the usual
/// smallest piece that is routed (IPv4).
pub(super) fn wide_network(address: &str) -> String {
    prefix(address, 24, 48)
}

fn prefix(address: &str, of_v4: u32, of_v6: u32) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => Ipv4Addr::from_bits(ip.to_bits() & (u32::MAX << (32 - of_v4))).to_string(),
        Ok(IpAddr::V6(ip)) => Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << (128 - of_v6))).to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_household_count_together() {
        assert_eq!(network("2001:db8:7:1::1"), network("2001:db8:7:1:ffff::2"));
        assert_ne!(network("2001:db8:7:1::1"), network("2001:db8:7:2::1"));
        assert_eq!(network("198.51.100.7"), "198.51.100.7");
        assert_eq!(network("::ffff:198.51.100.7"), "198.51.100.7");
        assert_eq!(wide_network("2001:db8:7:1::1"), wide_network("2001:db8:7:2::1"));
        assert_eq!(wide_network("198.51.100.7"), "198.51.100.0");
    }
}
