//! The signature of a message: HMAC-SHA-256 over its id, its time and its body, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The header `webhook-signature`: one signature for each secret, so that a receiver can change from one to the
/// next. `timestamp` is in seconds since the epoch.
pub fn sign(secrets: &[&str], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let one = |secret: &&str| {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    secrets.iter().filter_map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn another_implementation_agrees() {
        let (old, new) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}");
        for secret in [old, new] {
            let mut headers = std::collections::HashMap::new();
            headers.insert("webhook-id", id.to_owned());
            headers.insert("webhook-timestamp", now.to_string());
            headers.insert("webhook-signature", sign(&[new, old], id, now, body));
            let header = |name: &str| headers[name].clone();
            let other = standardwebhooks::Webhook::new(secret).unwrap();
            let theirs = other.sign(id, now, body.as_bytes()).unwrap();
            assert!(header("webhook-signature").split(' ').any(|s| s == theirs), "{theirs}");
        }
    }
}
