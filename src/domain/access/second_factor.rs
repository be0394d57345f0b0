//! The second factor of staff: six digits of an authenticator app, new every half minute (RFC 6238), and recovery codes
//! for the day the telephone is lost.

use sha2::{Digest, Sha256};
use totp_rs::{Builder, Totp};

use super::token::{PlainToken, TokenHash};
use crate::domain::base::moment::Moment;

/// Recovery codes made at a time.
pub const RECOVERY_CODES: usize = 10;

/// What the app and we share: 160 bits (RFC 4226 section 4). `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From random bytes; more than are needed are not used.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        let mut own = [0; 20];
        own.copy_from_slice(&bytes[..20]);
        Self(own)
    }

    /// From the stored bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For the store.
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// From base 32, as it stands in a form of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let secret = totp_rs::Secret::try_from_base32(text).ok()?;
        Self::from_bytes(secret.as_ref())
    }

    /// In base 32, to type into an app that cannot see.
    pub fn base32(&self) -> String {
        totp_rs::Secret::from(self.0.to_vec()).to_base32()
    }

    /// SHA-1, six digits, thirty seconds, one step of tolerance for clocks: what every app reads.
    fn totp(&self, issuer: &str, account: &str) -> Option<Totp> {
        // A colon parts issuer and account in the address.
        let plain = |text: &str| text.replace(':', " ");
        let builder = Builder::new().with_secret(self.0.to_vec()).with_skew(1);
        builder.with_issuer(Some(plain(issuer))).with_account_name(plain(account)).build().ok()
    }

    /// The time step a code is right for; nothing where it is wrong.
    pub fn step(&self, code: &str, now: Moment) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let right = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
        let seconds = u64::try_from(now.0 / 1_000_000).ok()?;
        let step = self.totp("", "staff").filter(|_| right)?.check(&code, seconds)?;
        i64::try_from(step).ok()
    }

    /// The address an app reads from the picture.
    pub fn address(&self, issuer: &str, account: &str) -> String {
        self.totp(issuer, account).and_then(|totp| totp.to_url().ok()).unwrap_or_default()
    }
}

/// A recovery code as it is shown: two groups of five letters, 50 bits.
pub fn recovery_code(random: [u8; 32]) -> String {
    let token = PlainToken::from_random(random);
    let letters = &token.reveal()[..10];
    format!("{}-{}", &letters[..5], &letters[5..])
}

/// What is stored of one, and looked up: case, blanks and dashes do not matter.
pub fn recovery_hash(typed: &str) -> TokenHash {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    TokenHash(Sha256::digest(letters.as_bytes()).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, SHA-1; the last six of its eight digits.
    #[test]
    fn the_vectors_of_the_rfc() {
        let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
        let at = |seconds: i64| Moment(seconds * 1_000_000);
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(secret.step(code, at(seconds)), Some(seconds / 30), "{seconds}");
        }
        assert_eq!(secret.step("287 082", at(59 + 30)), Some(1), "a clock that is late, digits in groups");
        assert_eq!(secret.step("287082", at(59 + 61)), None, "too late");
        for wrong in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(secret.step(wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_read_back_and_never_printed() {
        let secret = Secret::from_random([7; 32]);
        assert_eq!(Secret::parse(&secret.base32()), Some(secret.clone()));
        assert_eq!(Secret::parse("no base 32!"), None);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let address = secret.address("Northwind: Hosting", "agent@northwind.example");
        assert!(address.starts_with("otpauth://totp/Northwind") && address.contains(&secret.base32()), "{address}");
    }

    #[test]
    fn recovery_codes_forgive_how_they_are_typed() {
        let code = recovery_code([9; 32]);
        assert_eq!(code.len(), 11);
        assert_eq!(recovery_hash(&code), recovery_hash(&code.to_uppercase().replace('-', " ")));
        assert_ne!(recovery_hash(&code), recovery_hash(&recovery_code([8; 32])));
    }
}
