//! `export case`: one archive with everything about a case.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::new_file::NewFile;
use crate::actions::record_export;
use crate::cli::database::open;
use crate::cli::error::CliError;
use crate::config::Settings;
use crate::domain::base::ids::{Kind, Reference};
use crate::domain::record::event::Actor;
use crate::evidence::{self, Against, EvidenceError, Made};
use crate::signing::PublicKey;
use crate::storage::cases;
use crate::storage::record::checkpoints::OutsideCheckpoint;

/// Writes the archive of a case; never over a file that is there.
pub(super) async fn case(settings: &Settings, reference: &str, file: Option<&Path>) -> Result<ExitCode, CliError> {
    let words = || CliError::Words(format!("“{reference}” is no case; a reference looks like C-3F8R-9T2W"));
    let parsed: Reference = reference.parse().ok().filter(|r: &Reference| r.kind() == Kind::Case).ok_or_else(words)?;
    let path = file.map_or_else(|| PathBuf::from(format!("{parsed}-evidence.zip")), Path::to_path_buf);
    let app = open(settings).await?;
    let wanted = parsed.clone();
    let found = app.read(move |c| cases::by_reference(c, &wanted)).await?;
    let case = found.ok_or_else(|| CliError::Words(format!("there is no case {parsed}")))?;
    let (new, out) = NewFile::begin(&path)?;
    let signer = std::sync::Arc::clone(&app.signer);
    let (config, at, id) = (app.config().clone(), app.clock.now(), case.id);
    let manifest = app
        .db
        .read(move |c| {
            let made = Made { by: "operator", host: &config.host.name, signer: &signer, at };
            evidence::write(c, out, &case, &made)
        })
        .await
        .map_err(|e: EvidenceError| CliError::Words(e.to_string()))?;
    new.finish()?;
    let kept = manifest.clone();
    app.write(move |tx| record_export(tx, id, &kept, &Actor::Operator)).await?;
    println!("{}\nSHA-256 of its manifest: {manifest}", path.display());
    println!("Check it anywhere: safeharbor verify-log --archive {}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// `verify-log --archive`: needs no database.
pub(super) fn check(
    path: &Path,
    checkpoint: Option<OutsideCheckpoint>,
    signers: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let signers = signers.map(allowed).transpose()?.unwrap_or_default();
    let against = Against { signers, checkpoint };
    let file = std::fs::File::open(path).map_err(|e| CliError::Words(format!("{}: {e}", path.display())))?;
    let checked =
        evidence::check_against(file, &against).map_err(|e| CliError::Words(format!("{}: {e}", path.display())))?;
    for problem in &checked.problems {
        println!("{problem}");
    }
    println!(
        "{}: {} files and {} events read, {} problems found. SHA-256 of the manifest: {}",
        checked.case,
        checked.files,
        checked.events,
        checked.problems.len(),
        checked.manifest
    );
    if let Some(key) = &checked.signed_by {
        println!("Signed with the key {key}.");
        if against.signers.is_empty() {
            println!("Whose key that is, --signers FILE tells: the public key of the installation, kept elsewhere.");
        }
    }
    Ok(if checked.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// The keys in a file of allowed signers, or in a `.pub` file.
fn allowed(path: &Path) -> Result<Vec<PublicKey>, CliError> {
    let text = std::fs::read_to_string(path).map_err(|e| CliError::Words(format!("{}: {e}", path.display())))?;
    match PublicKey::read_list(&text) {
        keys if keys.is_empty() => Err(CliError::Words(format!("{}: no ssh-ed25519 key in it", path.display()))),
        keys => Ok(keys),
    }
}
