//! `forget`.

use std::process::ExitCode;

use clap::Args;

use super::database::open;
use super::error::CliError;
use super::installation::Where;
use crate::config::Settings;
use crate::domain::record::event::{Actor, Subject, Vault};
use crate::storage::record::events::forget;

/// What to forget, and why.
#[derive(Debug, Args)]
pub(super) struct Forget {
    /// Whose: customer:4, sender:12, staff:7, key:3, notice:5, letter:9 or submission:3.
    vault: Vault,
    /// The legal basis. It stays on record and cannot be forgotten: name nobody in it.
    #[arg(long, value_name = "TEXT")]
    basis: String,
    /// Only say what there is to forget.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) place: Where,
}

/// Forgets the private values of a vault, and prints for each chain how many there were.
pub(super) async fn forget(settings: &Settings, what: Forget) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let Forget { vault, basis, dry_run, .. } = what;
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
