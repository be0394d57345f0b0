//! Rate limits, per node, in memory.

use std::net::Ipv6Addr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::HttpError;
use crate::config::Config;
use crate::domain::ids::{ApiKeyId, StaffId};

/// Limits of the entrances that need no sign-in.
#[derive(Clone)]
pub struct Limits {
    pages: Arc<Limiter>,
    notices: Arc<Limiter>,
    sign_in: Arc<Limiter>,
    sign_in_from: Arc<Limiter>,
    renewals: Arc<Limiter>,
    anonymous: Arc<Limiter>,
    keys: Arc<Limiter>,
}

impl Limits {
    /// Limits by the configuration.
    pub fn new(config: &Config) -> Self {
        let some = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let limiter = |quota: Quota| Arc::new(Limiter::new(quota));
        let attempts = config.staff.attempts_per_minute;
        Self {
            pages: limiter(Quota::per_minute(some(config.server.per_minute))),
            notices: limiter(Quota::per_hour(some(config.intake.per_hour))),
            sign_in: limiter(Quota::per_minute(some(attempts))),
            sign_in_from: limiter(Quota::per_minute(some(attempts.saturating_mul(10)))),
            anonymous: limiter(Quota::per_hour(some(config.api.anonymous_per_hour))),
            keys: limiter(Quota::per_minute(some(config.api.per_minute))),
            renewals: limiter(Quota::per_hour(some(3))),
        }
    }

    /// Any page.
    pub(super) fn page(&self, address: &str) -> Result<(), HttpError> {
        check(&self.pages, &network(address))
    }

    /// A notice through the form.
    pub(super) fn notice(&self, address: &str) -> Result<(), HttpError> {
        check(&self.notices, &network(address))
    }

    /// A notice at the API without a key.
    pub(super) fn anonymous_notice(&self, address: &str) -> Result<(), HttpError> {
        check(&self.anonymous, &network(address))
    }

    /// A request with a key.
    pub(super) fn key(&self, key: ApiKeyId) -> Result<(), HttpError> {
        check(&self.keys, &key.to_string())
    }

    /// An attempt to sign in: by account, so that one cannot be guessed from many addresses, and by address.
    pub(super) fn sign_in(&self, account: &str, address: &str) -> Result<(), HttpError> {
        check(&self.sign_in, &account.to_lowercase())?;
        check(&self.sign_in_from, &network(address))
    }

    /// An attempt at the second step of signing in.
    pub(super) fn second_step(&self, who: StaffId) -> Result<(), HttpError> {
        check(&self.sign_in, &format!("second step {}", who.0))
    }

    /// A new link: every request sends letters to a customer and revokes earlier links.
    pub(super) fn renewal(&self, address: &str, reference: &str) -> Result<(), HttpError> {
        check(&self.renewals, reference)?;
        check(&self.renewals, &network(address))
    }
}

/// Whom an address belongs to: of IPv6 the first 64 bits, since one household or machine has all of them
/// (RFC 6177).
fn network(address: &str) -> String {
    match address.parse::<Ipv6Addr>() {
        Ok(ip) => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).to_string(),
        Err(_) => address.to_owned(),
    }
}

/// Counts by key.
struct Limiter {
    counts: DefaultKeyedRateLimiter<String>,
    /// So many keys, and those that are fresh again are forgotten: memory does not grow with the world.
    sweep_at: AtomicUsize,
}

impl Limiter {
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
}

/// Fewer keys are not worth a sweep.
const FEW: usize = 10_000;

fn check(limiter: &Limiter, key: &str) -> Result<(), HttpError> {
    limiter.sweep();
    limiter
        .counts
        .check_key(&key.to_owned())
        .map_err(|not_until| HttpError::TooMany(not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1))
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn addresses_of_one_household_count_together() {
        assert_eq!(network("2001:db8:7:1::1"), network("2001:db8:7:1:ffff::2"));
        assert_ne!(network("2001:db8:7:1::1"), network("2001:db8:7:2::1"));
        assert_eq!(network("198.51.100.7"), "198.51.100.7");
    }
}
