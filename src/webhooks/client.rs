//! One attempt to tell an endpoint. Redirects are not followed, answers are not read beyond their beginning, and
//! the addresses a name resolves to are checked in the same look-up that the connection uses, so that a name
//! cannot point elsewhere between check and call.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use super::sign;
use crate::domain::contact::one_line;
use crate::domain::hook::is_public;
use crate::domain::moment::Moment;

/// Longest time for one attempt, answer included.
const PATIENCE: Duration = Duration::from_secs(15);

/// What an endpoint said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// 2xx.
    Taken(String),
    /// Anything else, or nothing: try again.
    Later(String),
    /// The endpoint is gone (410): Standard Webhooks asks to stop.
    Gone(String),
}

/// Calls endpoints; cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    allow_private: bool,
}

/// The client cannot be made: the TLS settings do not fit together.
#[derive(Debug, thiserror::Error)]
#[error("webhooks: {0}")]
pub struct ClientError(String);

impl Client {
    /// A client; `allow_private` lets it call addresses inside private networks.
    pub fn new(allow_private: bool) -> Result<Self, ClientError> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| ClientError(e.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(PublicOnly { allow_private }))
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(5))
            .user_agent(concat!("Safeharbor/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| ClientError(e.to_string()))?;
        Ok(Self { http, allow_private })
    }

    /// One attempt.
    pub async fn tell(&self, url: &str, secrets: &[&str], id: &str, body: &str, now: Moment) -> Told {
        if let Some(reason) = self.refuse(url) {
            return Told::Later(reason);
        }
        let timestamp = now.0 / 1_000_000;
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", sign(secrets, id, timestamp, body))
            .body(body.to_owned());
        match request.send().await {
            Ok(response) if response.status().is_success() => Told::Taken(response.status().to_string()),
            Ok(response) if response.status().as_u16() == 410 => Told::Gone(response.status().to_string()),
            Ok(response) if response.status().is_redirection() => {
                Told::Later(format!("{}: redirects are not followed, change the address", response.status()))
            }
            Ok(response) => Told::Later(response.status().to_string()),
            Err(error) => Told::Later(words(&error)),
        }
    }

    /// An address literal needs no look-up, so it is checked here.
    fn refuse(&self, url: &str) -> Option<String> {
        let url = url::Url::parse(url).ok()?;
        let ip = match url.host()? {
            url::Host::Ipv4(ip) => ip.into(),
            url::Host::Ipv6(ip) => ip.into(),
            url::Host::Domain(_) => return None,
        };
        (!self.allow_private && !is_public(ip)).then(|| PRIVATE.to_owned())
    }
}

const PRIVATE: &str = "the address is inside a private network and was not called (webhooks.allow_private)";

/// The innermost cause says what happened.
fn words(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    one_line(&cause.to_string(), 300)
}

/// Looks names up and leaves out addresses that are not public.
struct PublicOnly {
    allow_private: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|a| allow_private || is_public(a.ip())).collect();
            if allowed.is_empty() {
                return Err(PRIVATE.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
