//! The signing key of an installation: an unencrypted Ed25519 key in the file format of OpenSSH (`PROTOCOL.key`).

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

use super::wire::{ED25519, Reader, armor, public, put, read_public, unarmor};

const LABEL: &str = "OPENSSH PRIVATE KEY";
const MAGIC: &[u8] = b"openssh-key-v1\0";
/// Written into the files of keys that are made here.
const COMMENT: &str = "safeharbor record";

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("signing key {path}: {why}")]
    File { path: String, why: String },
    #[error("signing key {0}: not an unencrypted Ed25519 key of OpenSSH; make one with ssh-keygen -t ed25519 -N \"\"")]
    Format(String),
}

/// A public key of Ed25519.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// `SHA256:…` as `ssh-keygen -l` writes it.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(public(&self.0))))
    }

    /// Every Ed25519 key in a file of allowed signers or in a `.pub` file, a line each.
    pub fn read_list(text: &str) -> Vec<Self> {
        let of_line = |line: &str| {
            let mut words = line.split_whitespace().skip_while(|word| *word != ED25519);
            let blob = STANDARD.decode(words.nth(1)?).ok()?;
            read_public(&blob).map(Self)
        };
        text.lines().filter(|line| !line.trim_start().starts_with('#')).filter_map(of_line).collect()
    }
}

impl fmt::Display for PublicKey {
    /// As in a `.pub` file, without a comment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ED25519} {}", STANDARD.encode(public(&self.0)))
    }
}

/// Signs with the key of the installation.
pub struct Signer {
    pub(super) pair: Ed25519KeyPair,
    pub public: PublicKey,
}

impl fmt::Debug for Signer {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.public.fingerprint()).finish()
    }
}

impl Signer {
    /// The signer of a seed of 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = PublicKey(pair.public_key().as_ref().try_into().ok()?);
        Some(Self { pair, public })
    }

    /// Reads the key file.
    ///
    /// # Errors
    /// Where it cannot be read or is no such key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = fs::read_to_string(path).map_err(|e| file(path, &e))?;
        seed_in(&text).and_then(|seed| Self::from_seed(&seed)).ok_or_else(|| KeyError::Format(shown(path)))
    }

    /// Reads the key file, or makes it from fresh random bytes where there is none: readable by its owner alone (0600),
    /// with the public key beside it (`.pub`).
    ///
    /// # Errors
    /// As [`Signer::read`]; where it cannot be written.
    pub fn read_or_make(path: &Path, fresh: &[u8; 32]) -> Result<Self, KeyError> {
        let made = Self::from_seed(fresh).ok_or_else(|| KeyError::Format(shown(path)))?;
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        match opened {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Self::read(path),
            Err(error) => return Err(file(path, &error)),
            Ok(mut out) => {
                let text = key_file(fresh, &made.public);
                out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(|e| file(path, &e))?;
            }
        }
        let public = path.with_extension("pub");
        fs::write(&public, format!("{} {COMMENT}\n", made.public)).map_err(|e| file(&public, &e))?;
        Ok(made)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn file(path: &Path, error: &std::io::Error) -> KeyError {
    KeyError::File { path: shown(path), why: error.to_string() }
}

/// The text of a key file.
fn key_file(seed: &[u8; 32], key: &PublicKey) -> String {
    let mut secret = Vec::new();
    // Two equal numbers, by which a wrong passphrase would show.
    secret.extend(0x5afe_u32.to_be_bytes());
    secret.extend(0x5afe_u32.to_be_bytes());
    put(&mut secret, ED25519.as_bytes());
    put(&mut secret, &key.0);
    put(&mut secret, &[seed.as_slice(), key.0.as_slice()].concat());
    put(&mut secret, COMMENT.as_bytes());
    let mut pad = 1;
    while secret.len() % 8 != 0 {
        secret.push(pad);
        pad += 1;
    }
    let mut out = MAGIC.to_vec();
    for none in ["none", "none", ""] {
        put(&mut out, none.as_bytes());
    }
    out.extend(1_u32.to_be_bytes());
    put(&mut out, &public(&key.0));
    put(&mut out, &secret);
    armor(LABEL, &out)
}

/// The seed in a key file; nothing where it is encrypted or of another kind.
fn seed_in(text: &str) -> Option<[u8; 32]> {
    let bytes = unarmor(LABEL, text)?;
    let mut reader = Reader(&bytes);
    reader.skip(MAGIC)?;
    let cipher = reader.string()?;
    let (_kdf, _options) = (reader.string()?, reader.string()?);
    if cipher != b"none" || reader.number()? != 1 {
        return None;
    }
    read_public(reader.string()?)?;
    let mut secret = Reader(reader.string()?);
    if secret.number()? != secret.number()? || secret.string()? != ED25519.as_bytes() {
        return None;
    }
    secret.string()?;
    secret.string()?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record_signing_key");
        let made = Signer::read_or_make(&path, &[7; 32]).unwrap();
        let again = Signer::read_or_make(&path, &[8; 32]).unwrap();
        assert_eq!(made.public, again.public);
        let rights = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
        assert_eq!(rights & 0o777, 0o600);
        let listed = fs::read_to_string(path.with_extension("pub")).unwrap();
        assert_eq!(PublicKey::read_list(&listed), [made.public]);
        assert_eq!(PublicKey::read_list(&format!("# none\nsafeharbor {}", made.public)), [made.public]);
        fs::write(&path, "nothing").unwrap();
        assert!(matches!(Signer::read(&path), Err(KeyError::Format(_))));
    }
}
