//! One attempt to tell an endpoint. Redirects are not followed, answers are not read beyond their beginning, and
//! the addresses a name resolves to are checked in the same look-up that the connection uses, so that a name
//! cannot point elsewhere between check and call.

use std::time::Duration;

use super::sign;
use crate::domain::base::moment::Moment;
use crate::outgoing::{guarded, is_private_literal, words};

/// Longest time for one attempt, answer included.
const PATIENCE: Duration = Duration::from_secs(15);

/// What an endpoint said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointAnswer {
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
        let http = guarded(allow_private, PATIENCE).map_err(ClientError)?;
        Ok(Self { http, allow_private })
    }

    /// One attempt.
    pub async fn tell(&self, url: &str, secrets: &[&str], id: &str, body: &str, now: Moment) -> EndpointAnswer {
        if let Some(reason) = self.refuse(url) {
            return EndpointAnswer::Later(reason);
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
            Ok(response) if response.status().is_success() => EndpointAnswer::Taken(response.status().to_string()),
            Ok(response) if response.status().as_u16() == 410 => EndpointAnswer::Gone(response.status().to_string()),
            Ok(response) if response.status().is_redirection() => {
                EndpointAnswer::Later(format!("{}: redirects are not followed, change the address", response.status()))
            }
            Ok(response) => EndpointAnswer::Later(response.status().to_string()),
            Err(error) => EndpointAnswer::Later(words(&error)),
        }
    }

    /// An address literal needs no look-up, so it is checked here.
    fn refuse(&self, url: &str) -> Option<String> {
        (!self.allow_private && is_private_literal(url)).then(|| PRIVATE.to_owned())
    }
}

const PRIVATE: &str = "the address is inside a private network and was not called (webhooks.allow_private)";
