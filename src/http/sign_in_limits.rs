//! How often somebody may try to sign in.
//!
//! Whoever guesses must not keep the owner out. So attempts count for the account *from one network*, and an account as a
//! whole only slows down where attempts come from many networks. A browser in which the owner signed in before brings
//! a device cookie and has a count of its own (OWASP, "Device Cookies").

use super::error::HttpError;
use super::limiter::{Limiter, network, wide_network};

/// Attempts in an hour, as multiples of those in a minute: from one network, from its neighborhood, from everywhere.
const HOURLY: [u32; 3] = [4, 12, 40];
/// Codes of the second step in an hour for one account from browsers that are not known.
const CODES_HOURLY: u32 = 12;

/// Limits of signing in. Counts are per process.
pub(super) struct SignInLimits {
    /// All attempts from one network, whatever the account.
    from: Limiter,
    /// An account from one network, or a known browser.
    minute: Limiter,
    near: Limiter,
    around: Limiter,
    everywhere: Limiter,
    codes: Limiter,
    tickets: Limiter,
}

impl SignInLimits {
    /// By the attempts that the configuration allows in a minute.
    pub fn new(attempts: u32) -> Self {
        let times = |n: u32| attempts.saturating_mul(n);
        Self {
            from: Limiter::per_minute(times(10)),
            minute: Limiter::per_minute(attempts),
            near: Limiter::per_hour(times(HOURLY[0])),
            around: Limiter::per_hour(times(HOURLY[1])),
            everywhere: Limiter::per_hour(times(HOURLY[2])),
            codes: Limiter::per_hour(times(CODES_HOURLY)),
            tickets: Limiter::per_hour(attempts),
        }
    }

    /// An attempt at a password, from a browser that signed in before by its own count, from any other by account and
    /// network. Whether the account exists makes no difference.
    pub fn password(&self, account: &str, address: &str, device: Option<&str>) -> Result<(), HttpError> {
        if device.is_some_and(|device| self.known(device)) {
            return Ok(());
        }
        self.from.check(&network(address))?;
        let account = account.to_lowercase();
        let (near, around) = (network(address), wide_network(address));
        self.minute.check(&format!("{near} {account}"))?;
        self.near.check(&format!("{near} {account}"))?;
        self.around.check(&format!("{around} {account}"))?;
        self.everywhere.check(&account)
    }

    /// An attempt at the second step: so many for one ticket, which a right password gives, and for the account, so that
    /// new tickets do not help. Known browsers count alone.
    pub fn code(&self, ticket: &str, account: i64, known: bool) -> Result<(), HttpError> {
        self.tickets.check(ticket)?;
        if known { Ok(()) } else { self.codes.check(&account.to_string()) }
    }

    /// A code typed by somebody who is signed in, by session.
    pub fn code_in_session(&self, session: &str) -> Result<(), HttpError> {
        self.minute.check(&format!("session {session}"))
    }

    /// Whether a known browser has attempts left; without, it is a browser like any other.
    fn known(&self, device: &str) -> bool {
        let key = format!("device {device}");
        self.minute.check(&key).is_ok() && self.near.check(&key).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(limits: &SignInLimits, times: usize, from: &str, device: Option<&str>) -> usize {
        (0..times).filter(|_| limits.password("Lead@host.example", from, device).is_ok()).count()
    }

    #[test]
    fn a_stranger_keeps_nobody_else_out() {
        let limits = SignInLimits::new(5);
        assert_eq!(tried(&limits, 8, "198.51.100.7", None), 5);
        assert_eq!(tried(&limits, 1, "198.51.100.7", None), 0, "that network waits");
        assert_eq!(tried(&limits, 1, "203.0.113.5", None), 1, "the owner, elsewhere");
        assert_eq!(tried(&limits, 1, "198.51.100.7", Some("nonce")), 1, "the owner's browser, even there");
        assert_eq!(tried(&limits, 30, "198.51.100.8", Some("stolen")), 10, "a stolen cookie helps for some attempts");
    }

    #[test]
    fn guessing_from_everywhere_slows_down() {
        let limits = SignInLimits::new(5);
        let within = |net: u32| format!("2001:db8:{net:x}:1::1");
        let taken: usize = (0..1000).map(|n| tried(&limits, 2, &within(n), None)).sum();
        assert_eq!(taken, 200, "of one account in an hour");
        assert_eq!(tried(&limits, 1, &within(0), Some("nonce")), 1, "the owner's browser");
        let one_site: usize = (0..100)
            .map(|n| {
                let from = format!("2001:db8:ffff:{n:x}::1");
                (0..2).filter(|_| limits.password("other@host.example", &from, None).is_ok()).count()
            })
            .sum();
        assert_eq!(one_site, 60, "of one /48");
    }

    #[test]
    fn codes_count_by_ticket_and_by_account() {
        let limits = SignInLimits::new(5);
        let of = |ticket: &str, known| (0..8).filter(|_| limits.code(ticket, 1, known).is_ok()).count();
        assert_eq!(of("one", false), 5);
        assert_eq!(of("two", false), 5, "another sign-in has its own");
        assert_eq!((0..40).map(|n| of(&format!("{n}"), false)).sum::<usize>(), 60 - 10);
        assert_eq!(of("the owner's", true), 5);
        assert_eq!(limits.code("others", 2, false).ok(), Some(()));
    }
}
