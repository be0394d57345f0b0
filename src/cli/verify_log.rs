//! `verify-log`.

use std::process::ExitCode;

use super::{CliError, open};
use crate::config::Settings;
use crate::storage::{StorageError, checkpoints, verify_chains};

/// Walks every chain and every checkpoint, and names what does not fit.
pub(super) async fn verify_log(settings: &Settings) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let (read, checkpoints, found) = app
        .read(|c| {
            let mut found = Vec::new();
            let read = verify_chains::verify(c, &mut found)?;
            let checkpoints = checkpoints::verify(c, &mut found)?;
            Ok::<_, StorageError>((read, checkpoints, found))
        })
        .await?;
    for broken in &found {
        println!("{broken}");
    }
    println!("{read} events and {checkpoints} checkpoints read, {} problems found.", found.len());
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
