//! `forget`.

use std::process::ExitCode;

use super::database::open;
use super::error::CliError;
use crate::config::Settings;
use crate::domain::record::event::{Actor, Subject, Vault};
use crate::storage::record::events::forget;

/// What to forget, and why.
pub(super) struct Forget {
    pub vault: Vault,
    /// The legal basis: stays on record.
    pub basis: String,
    /// Only says what there is.
    pub dry_run: bool,
}

/// Forgets the private values of a vault, and prints for each chain how many there were.
pub(super) async fn forget(settings: &Settings, what: Forget) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let Forget { vault, basis, dry_run } = what;
    let name = vault.to_string();
    let found: Vec<(Subject, usize)> = if dry_run {
        app.read(move |c| forget::contents(c, &vault)).await?
    } else {
        app.write(move |tx| tx.forget(&vault, &basis, &Actor::Operator)).await?
    };
    for (subject, count) in &found {
        println!("{subject}: {count}");
    }
    let sum: usize = found.iter().map(|(_, count)| count).sum();
    let chains = found.len();
    if dry_run {
        println!("{sum} private values of {name} in {chains} chains would be forgotten. Nothing was changed.");
    } else {
        println!(
            "{sum} private values of {name} in {chains} chains were forgotten. Backups made before still hold them."
        );
    }
    Ok(ExitCode::SUCCESS)
}
