//! Calls to addresses that others wrote: webhooks, looks at reported locations. Never into a private network.
//!
//! The addresses a name resolves to are checked in the same look-up that the connection uses, so that a name cannot
//! point elsewhere between check and call. Redirects are not followed by themselves, answers are not read beyond
//! their beginning.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use crate::domain::base::contact::one_line;
use crate::domain::outbox::webhook::is_public;

/// A client that reaches public addresses alone, unless told otherwise.
pub fn guarded(allow_private: bool, patience: Duration) -> Result<reqwest::Client, String> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(PublicOnly { allow_private }))
        .redirect(Policy::none())
        .no_proxy()
        .timeout(patience)
        .connect_timeout(Duration::from_secs(5))
        .user_agent(concat!("Safeharbor/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| e.to_string())
}

/// Whether a URL names an address literal that is not public: no look-up would see it.
pub fn is_private_literal(url: &str) -> bool {
    let host = url::Url::parse(url).ok().and_then(|u| u.host().map(|h| h.to_owned()));
    match host {
        Some(url::Host::Ipv4(ip)) => !is_public(ip.into()),
        Some(url::Host::Ipv6(ip)) => !is_public(ip.into()),
        Some(url::Host::Domain(_)) | None => false,
    }
}

/// The innermost cause says what happened.
pub fn words(error: &reqwest::Error) -> String {
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
                return Err("the address is inside a private network and was not called".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
