//! `export case`: one archive with everything about a case.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::new_file::NewFile;
use super::{CliError, open};
use crate::actions::record_export;
use crate::config::Settings;
use crate::domain::event::Actor;
use crate::domain::ids::{Kind, Reference};
use crate::evidence::{self, EvidenceError, Made};
use crate::storage::cases;

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
    let (config, at, id) = (app.config().clone(), app.clock.now(), case.id);
    let manifest = app
        .db
        .read(move |c| {
            let from = config.mail.from.to_string();
            let made = Made { by: "operator", host: &config.host.name, from: &from, at };
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
pub(super) fn check(path: &Path) -> Result<ExitCode, CliError> {
    let file = std::fs::File::open(path).map_err(|e| CliError::Words(format!("{}: {e}", path.display())))?;
    let checked = evidence::check(file).map_err(|e| CliError::Words(format!("{}: {e}", path.display())))?;
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
    Ok(if checked.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
