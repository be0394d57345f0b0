//! `policy show` and `policy publish`.

use std::process::ExitCode;

use crate::actions::publish_policy;
use crate::cli::database::open;
use crate::cli::error::CliError;
use crate::config::Settings;
use crate::domain::record::event::Actor;
use crate::storage::enforcement::policies;

/// Prints the version in force.
pub(super) async fn show(settings: &Settings) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let now = app.clock.now();
    let published = app.read(move |c| policies::in_force(c, now)).await?;
    println!("Version {}, in force since {}: {}", published.version, published.in_force_from.long(), published.reason);
    let body = serde_json::to_string_pretty(&published.policy).map_err(|e| CliError::Words(e.to_string()))?;
    println!("{body}");
    Ok(ExitCode::SUCCESS)
}

/// Publishes what [policy] and [segments] of the configuration say as the next version.
pub(super) async fn publish(settings: &Settings, reason: String) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let policy = app.config().first_policy.clone();
    let version = app.write(move |tx| publish_policy(tx, &policy, &reason, &Actor::Operator)).await?;
    println!("Version {version} is in force. It is shown at {}/policy", app.config().server.public_url);
    Ok(ExitCode::SUCCESS)
}
