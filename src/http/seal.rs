//! Seals: HMAC-SHA-256 under the installation's secret. A form carries one, so that only a page of ours
//! can have made it (CSRF), and only for the session or link it was made for.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The seal of a text for a purpose.
pub(super) fn seal(secret: &[u8], purpose: &str, text: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether a seal fits, in constant time.
pub(super) fn fits(secret: &[u8], purpose: &str, text: &str, given: &str) -> bool {
    let right = seal(secret, purpose, text);
    !right.is_empty() && bool::from(right.as_bytes().ct_eq(given.as_bytes()))
}
