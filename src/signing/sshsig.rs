//! Signatures of OpenSSH: `PROTOCOL.sshsig`, version 1, Ed25519, the message hashed with SHA-512.

use ring::digest::{SHA512, digest};
use ring::signature::{ED25519, UnparsedPublicKey};

use super::key::{PublicKey, Signer};
use super::wire::{self, Reader, armor, public, put, read_public, unarmor};

const LABEL: &str = "SSH SIGNATURE";
const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;
const HASH: &str = "sha512";

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("it is no Ed25519 signature in the format of OpenSSH")]
    Format,
    #[error("it was made for another purpose")]
    Namespace,
    #[error("it does not belong to these bytes")]
    Wrong,
}

/// What is signed of a message.
fn signed(namespace: &str, message: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    put(&mut out, namespace.as_bytes());
    put(&mut out, b"");
    put(&mut out, HASH.as_bytes());
    put(&mut out, digest(&SHA512, message).as_ref());
    out
}

impl Signer {
    /// The signature over a message, armored.
    pub fn sign(&self, namespace: &str, message: &[u8]) -> String {
        let mut signature = Vec::new();
        put(&mut signature, wire::ED25519.as_bytes());
        put(&mut signature, self.pair.sign(&signed(namespace, message)).as_ref());
        let mut out = MAGIC.to_vec();
        out.extend(VERSION.to_be_bytes());
        put(&mut out, &public(&self.public.0));
        put(&mut out, namespace.as_bytes());
        put(&mut out, b"");
        put(&mut out, HASH.as_bytes());
        put(&mut out, &signature);
        armor(LABEL, &out)
    }
}

/// Checks an armored signature over a message; returns the key that made it. Whose key that is, is for the caller to
/// know.
///
/// # Errors
/// Where it does not hold.
pub fn verify(namespace: &str, message: &[u8], armored: &str) -> Result<PublicKey, Refused> {
    let bytes = unarmor(LABEL, armored).ok_or(Refused::Format)?;
    let (key, name, signature) = parts(&bytes).ok_or(Refused::Format)?;
    if name != namespace.as_bytes() {
        return Err(Refused::Namespace);
    }
    let known = UnparsedPublicKey::new(&ED25519, key);
    known.verify(&signed(namespace, message), signature).map_err(|_| Refused::Wrong)?;
    Ok(PublicKey(key))
}

/// Key, namespace and signature.
fn parts(bytes: &[u8]) -> Option<([u8; 32], &[u8], &[u8])> {
    let mut reader = Reader(bytes);
    reader.skip(MAGIC)?;
    if reader.number()? != VERSION {
        return None;
    }
    let key = read_public(reader.string()?)?;
    let namespace = reader.string()?;
    reader.string()?;
    if reader.string()? != HASH.as_bytes() {
        return None;
    }
    let mut signature = Reader(reader.string()?);
    if signature.string()? != wire::ED25519.as_bytes() {
        return None;
    }
    Some((key, namespace, signature.string()?))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_signature_holds_for_its_bytes_its_purpose_and_its_key_alone() {
        let signer = Signer::from_seed(&[3; 32]).unwrap();
        let signature = signer.sign("a", b"message");
        assert_eq!(verify("a", b"message", &signature), Ok(signer.public));
        assert_eq!(verify("a", b"massage", &signature), Err(Refused::Wrong));
        assert_eq!(verify("b", b"message", &signature), Err(Refused::Namespace));
        assert_eq!(verify("a", b"message", "nothing"), Err(Refused::Format));
        assert_ne!(Signer::from_seed(&[4; 32]).unwrap().public, signer.public);
    }

    /// Where OpenSSH is installed, it agrees about key and signature.
    #[test]
    fn openssh_agrees() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let signer = Signer::read_or_make(&path("key"), &[5; 32]).unwrap();
        let Ok(read) = Command::new("ssh-keygen").arg("-y").arg("-f").arg(path("key")).output() else {
            eprintln!("ssh-keygen is not installed: its view of our signatures is left out");
            return;
        };
        assert!(String::from_utf8_lossy(&read.stdout).starts_with(&signer.public.to_string()), "{read:?}");
        std::fs::write(path("signers"), format!("safeharbor {}\n", signer.public)).unwrap();
        std::fs::write(path("m"), "message").unwrap();
        std::fs::write(path("m.sig"), signer.sign("safeharbor-test", b"message")).unwrap();
        let verified = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-I", "safeharbor", "-n", "safeharbor-test", "-f"])
            .arg(path("signers"))
            .arg("-s")
            .arg(path("m.sig"))
            .stdin(Stdio::from(std::fs::File::open(path("m")).unwrap()))
            .output()
            .unwrap();
        assert!(verified.status.success(), "{verified:?}");
    }
}
