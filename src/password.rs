//! Passwords of staff: argon2id with the library's defaults (19 MiB, two passes).

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use passwords::analyzer;

use crate::entropy::Entropy;

/// Shortest password accepted.
pub const MIN_LENGTH: usize = 12;

/// A password cannot be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("use at least {MIN_LENGTH} characters")]
    TooShort,
    #[error("this one is on public lists of passwords, where whoever guesses begins; choose another")]
    Common,
    #[error("hashing failed: {0}")]
    Hash(String),
}

/// Hashes a password for storage.
pub fn hash(entropy: &Entropy, password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < MIN_LENGTH {
        return Err(PasswordError::TooShort);
    }
    if [password, &password.to_lowercase()].iter().any(|p| analyzer::analyze(p).is_common()) {
        return Err(PasswordError::Common);
    }
    let salt = SaltString::encode_b64(&entropy.bytes()[..16]).map_err(|e| PasswordError::Hash(e.to_string()))?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|h| h.to_string()).map_err(|e| PasswordError::Hash(e.to_string()))
}

/// Whether a password fits. Without a hash the same work is done, so that an unknown account takes as long.
pub fn verify(hash: Option<&str>, password: &str) -> bool {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let hash = hash(&Entropy::seeded(1), "correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify(Some(&hash), "correct horse battery"));
        assert!(!verify(Some(&hash), "correct horse batterz") && !verify(None, "anything") && !verify(Some("x"), "x"));
    }

    /// NIST SP 800-63B, 5.1.1.2: not what is commonly used or known from breaches, however long.
    #[test]
    fn a_password_that_everybody_knows_is_refused() {
        for known in ["password1234", "1q2w3e4r5t6y", "QWERTYuiop123"] {
            assert!(matches!(hash(&Entropy::seeded(1), known), Err(PasswordError::Common)), "{known}");
        }
    }

    #[test]
    fn a_short_password_is_refused() {
        assert!(matches!(hash(&Entropy::seeded(1), "short"), Err(PasswordError::TooShort)));
    }
}
