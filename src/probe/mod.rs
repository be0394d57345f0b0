//! One look at a reported address: does it answer? Never into a private network, each redirect checked, time and
//! size bounded. What is seen is evidence; nothing follows from it by itself.

use std::time::Duration;

use crate::domain::base::contact::one_line;
use crate::outgoing::{guarded, is_private_literal, words};
use crate::storage::material::probes::Found;

/// Longest time for one request.
const PATIENCE: Duration = Duration::from_secs(10);
/// Redirects followed.
const HOPS: usize = 5;

/// Looks at addresses; cheap to clone.
#[derive(Clone)]
pub struct Prober {
    http: reqwest::Client,
    allow_private: bool,
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("probe: {0}")]
pub struct ProberError(String);

impl Prober {
    /// A prober; `allow_private` lets it look inside private networks.
    pub fn new(allow_private: bool) -> Result<Self, ProberError> {
        Ok(Self { http: guarded(allow_private, PATIENCE).map_err(ProberError)?, allow_private })
    }

    /// One look: the head of the answer alone is read.
    pub async fn look(&self, url: &str) -> Found {
        let mut at = url.to_owned();
        for hop in 0..=HOPS {
            if self.refuses(&at) {
                let detail = format!("not looked at: {} is no public web address", one_line(&at, 300));
                return Found { outcome: "refused", status: None, address: String::new(), detail };
            }
            // A server may close what it kept open at any time, and a look on such a connection would say nothing.
            let response = match self.http.get(&at).header("connection", "close").send().await {
                Ok(response) => response,
                Err(error) => return unreachable(&error),
            };
            let address = response.remote_addr().map(|a| a.ip().to_string()).unwrap_or_default();
            let status = response.status();
            let next = status.is_redirection().then(|| location(&response)).flatten();
            match next {
                Some(next) if hop < HOPS => at = next,
                Some(_) => {
                    let detail = format!("more than {HOPS} redirects");
                    return Found { outcome: "unclear", status: Some(status.as_u16()), address, detail };
                }
                None => {
                    let detail =
                        if at == url { String::new() } else { format!("after redirects: {}", one_line(&at, 500)) };
                    return Found { outcome: outcome(status.as_u16()), status: Some(status.as_u16()), address, detail };
                }
            }
        }
        Found { outcome: "unclear", status: None, address: String::new(), detail: String::new() }
    }

    fn refuses(&self, url: &str) -> bool {
        let web = url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "http" | "https"));
        !web || (!self.allow_private && is_private_literal(url))
    }
}

/// Where a redirect leads, resolved against where it came from.
fn location(response: &reqwest::Response) -> Option<String> {
    let to = response.headers().get("location")?.to_str().ok()?;
    response.url().join(to).ok().map(String::from)
}

/// What a status says about the material: 451 is "unavailable for legal reasons" (RFC 7725).
fn outcome(status: u16) -> &'static str {
    match status {
        200..=299 => "online",
        404 | 410 | 451 => "gone",
        _ => "unclear",
    }
}

fn unreachable(error: &reqwest::Error) -> Found {
    let detail = words(error);
    // A name that points into a private network was not looked at, which is not the same as gone.
    let outcome = if detail.contains("inside a private network") { "refused" } else { "unclear" };
    Found { outcome, status: None, address: String::new(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_inside_is_looked_at() {
        let prober = Prober::new(false).unwrap();
        for inside in ["http://127.0.0.1:1/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://a.example/", "x"]
        {
            let found = prober.look(inside).await;
            assert_eq!((found.outcome, found.status), ("refused", None), "{inside}");
        }
        assert_eq!(prober.look("http://localhost:1/").await.outcome, "refused");
    }
}
