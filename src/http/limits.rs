//! Rate limits, per node, in memory.

use std::sync::Arc;

use super::error::HttpError;
use super::limiter::{Limiter, network};
use super::sign_in_limits::SignInLimits;
use crate::config::Config;
use crate::domain::base::ids::ApiKeyId;

/// Limits of the entrances that need no sign-in.
#[derive(Clone)]
pub struct Limits {
    pages: Arc<Limiter>,
    notices: Arc<Limiter>,
    renewals: Arc<Limiter>,
    anonymous: Arc<Limiter>,
    keys: Arc<Limiter>,
    pub(super) sign_in: Arc<SignInLimits>,
}

/// Requests for a new link of one case, or from one network, in an hour.
const RENEWALS: u32 = 3;

impl Limits {
    /// Limits by the configuration.
    pub fn new(config: &Config) -> Self {
        Self {
            pages: Arc::new(Limiter::per_minute(config.server.per_minute)),
            notices: Arc::new(Limiter::per_hour(config.intake.per_hour)),
            anonymous: Arc::new(Limiter::per_hour(config.api.anonymous_per_hour)),
            keys: Arc::new(Limiter::per_minute(config.api.per_minute)),
            renewals: Arc::new(Limiter::per_hour(RENEWALS)),
            sign_in: Arc::new(SignInLimits::new(config.staff.attempts_per_minute)),
        }
    }

    /// Any page.
    pub(super) fn page(&self, address: &str) -> Result<(), HttpError> {
        self.pages.check(&network(address))
    }

    /// A notice through the form.
    pub(super) fn notice(&self, address: &str) -> Result<(), HttpError> {
        self.notices.check(&network(address))
    }

    /// A notice at the API without a key.
    pub(super) fn anonymous_notice(&self, address: &str) -> Result<(), HttpError> {
        self.anonymous.check(&network(address))
    }

    /// A request with a key.
    pub(super) fn key(&self, key: ApiKeyId) -> Result<(), HttpError> {
        self.keys.check(&key.to_string())
    }

    /// A request for a new link, whether or not there is such a case.
    pub(super) fn renewal(&self, address: &str) -> Result<(), HttpError> {
        self.renewals.check(&network(address))
    }
}
