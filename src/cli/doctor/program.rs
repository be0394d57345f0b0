//! What the program was built with, what of the configuration needs more, and who can read the figures.

use super::report::Report;
use crate::build;
use crate::config::Config;
use crate::storage::engine::transport_security::Encryption;

pub(super) fn check(report: &mut Report, config: &Config) {
    report.good("program", &format!("{}, {}", env!("CARGO_PKG_VERSION"), build::features()));
    let encryption = config.database.url.encryption();
    match (&encryption, encryption.advice()) {
        (Encryption::Lacking(_), Some(words)) => report.bad("database", &words),
        (_, Some(words)) => report.note("database", &words),
        (_, None) => {}
    }
    if config.server.metrics_token.is_empty() && !config.server.is_public_local() {
        report.note("metrics", "server.metrics_token is not set: no one can read /metrics");
    }
}
