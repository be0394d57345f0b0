//! DKIM signatures (RFC 6376) by `mail-auth`, which needs no `rsa` crate (RUSTSEC-2023-0071).

use std::path::Path;

use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{DkimSigner, Done};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

/// The key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("DKIM key {path}: {why}")]
pub struct DkimError {
    path: String,
    why: String,
}

/// Signs messages for one domain.
pub enum Signer {
    Rsa(DkimSigner<RsaKey<Sha256>, Done>),
    Ed25519(DkimSigner<Ed25519Key, Done>),
}

const HEADERS: [&str; 7] = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version"];

impl Signer {
    /// Reads a private key: Ed25519 in PKCS#8, or RSA in PKCS#8 or PKCS#1.
    pub fn open(path: &Path, domain: &str, selector: &str) -> Result<Self, DkimError> {
        let failed = |why: String| DkimError { path: path.display().to_string(), why };
        let key = PrivateKeyDer::from_pem_file(path).map_err(|e| failed(e.to_string()))?;
        if let PrivateKeyDer::Pkcs8(der) = &key
            && let Ok(ed) = Ed25519Key::from_pkcs8_maybe_unchecked_der(der.secret_pkcs8_der())
        {
            return Ok(Self::Ed25519(signer(ed, domain, selector)));
        }
        let rsa = RsaKey::<Sha256>::from_key_der(key).map_err(|e| failed(e.to_string()))?;
        Ok(Self::Rsa(signer(rsa, domain, selector)))
    }

    /// The message with its signature in front.
    pub fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, DkimError> {
        let signature = match self {
            Self::Rsa(signer) => signer.sign(&message),
            Self::Ed25519(signer) => signer.sign(&message),
        };
        let header = signature.map_err(|e| DkimError { path: "in use".to_owned(), why: e.to_string() })?.to_header();
        let mut signed = header.into_bytes();
        signed.extend(message);
        Ok(signed)
    }
}

fn signer<K: SigningKey>(key: K, domain: &str, selector: &str) -> DkimSigner<K, Done> {
    DkimSigner::from_key(key).domain(domain).selector(selector).headers(HEADERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_for_the_domain() {
        let der = Ed25519Key::generate_pkcs8().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        std::fs::write(&path, pem(&der)).unwrap();
        let signer = Signer::open(&path, "northwind.example", "s1").unwrap();
        let message = b"From: a@northwind.example\r\nTo: b@x.example\r\nSubject: s\r\n\r\nbody\r\n".to_vec();
        let text = String::from_utf8(signer.sign(message).unwrap()).unwrap();
        assert!(text.starts_with("DKIM-Signature:"), "{text}");
        assert!(text.contains("d=northwind.example") && text.contains("a=ed25519-sha256"), "{text}");
        assert!(text.ends_with("\r\n\r\nbody\r\n"));
    }

    #[test]
    fn an_unusable_key_says_which_file() {
        let Err(error) = Signer::open(Path::new("/nonexistent/key.pem"), "d", "s") else { panic!("opened") };
        assert!(error.to_string().contains("/nonexistent/key.pem"), "{error}");
    }

    fn pem(der: &[u8]) -> String {
        const B64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in der.chunks(3) {
            let bits = (0..3).fold(0_u32, |acc, i| (acc << 8) | u32::from(*chunk.get(i).unwrap_or(&0)));
            for place in 0..4 {
                let sextet = usize::try_from((bits >> (18 - 6 * place)) & 63).unwrap();
                text.push(if place <= chunk.len() { char::from(B64[sextet]) } else { '=' });
            }
        }
        format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
    }
}
