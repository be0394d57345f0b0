//! What a backup is, in a file beside it: its digest, and which database of which version it holds. Without it, whatever
//! happens to be a database would be restored, and a changed one too.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cli::error::CliError;
use crate::cli::new_file::NewFile;
use crate::storage::engine::migrations;

/// What the manifest says. Its field names are those of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// `safeharbor-backup-1`.
    pub format: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Migrations that were applied to it.
    pub schema: BTreeSet<String>,
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Version of the program that made it.
    pub made_by: String,
}

/// How manifests of this version begin.
const FORMAT: &str = "safeharbor-backup-1";

impl Manifest {
    /// Of a file that was just written.
    pub(super) fn of(file: &Path, database: &str, schema: BTreeSet<String>) -> Result<Self, CliError> {
        let (sha256, bytes) = digest(file)?;
        let made_by = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Self { format: FORMAT.to_owned(), database: database.to_owned(), schema, bytes, sha256, made_by })
    }

    /// Writes it beside the backup.
    pub(super) fn write(&self, backup: &Path) -> Result<(), CliError> {
        let (new, mut file) = NewFile::begin(&beside(backup))?;
        let text = serde_json::to_string_pretty(self).map_err(|e| CliError::words(e.to_string()))?;
        writeln!(file, "{text}")?;
        new.finish()
    }

    /// Reads the one beside a backup; nothing where there is none.
    fn read(backup: &Path) -> Result<Option<Self>, CliError> {
        let path = beside(backup);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::words(format!("{}: {error}", path.display()))),
        };
        let manifest: Self =
            serde_json::from_str(&text).map_err(|e| CliError::words(format!("{}: {e}", path.display())))?;
        if manifest.format != FORMAT {
            return Err(CliError::words(format!(
                "{} is of another version of Safeharbor: {:?}",
                path.display(),
                manifest.format
            )));
        }
        Ok(Some(manifest))
    }
}

/// The digest a backup must have: of its manifest, or as it was printed.
///
/// # Errors
///
/// In words: there is neither.
pub(super) fn expected(backup: &Path, given: Option<&str>) -> Result<String, CliError> {
    if let Some(given) = given {
        let digest = given.trim().to_lowercase();
        let is_digest = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        return if is_digest {
            Ok(digest)
        } else {
            Err(CliError::words("--sha256 takes the 64 digits that backup printed"))
        };
    }
    let manifest = Manifest::read(backup)?;
    manifest.map(|m| m.sha256).ok_or_else(|| {
        CliError::words(format!(
            "{} is missing, so the backup cannot be checked. Put it next to the backup, or give the digest that backup printed: --sha256 HEX",
            beside(backup).display()
        ))
    })
}

/// Whether a file is as it was made.
pub(super) fn check_digest(file: &Path, shown: &Path, expected: &str) -> Result<(), CliError> {
    let (found, _) = digest(file)?;
    if found == expected {
        return Ok(());
    }
    Err(CliError::words(format!(
        "{} was changed since it was made: its SHA-256 is {found} and should be {expected}",
        shown.display()
    )))
}

/// Whether this program knows a database to which these migrations were applied.
pub(super) fn check_schema(applied: &BTreeSet<String>, shown: &Path) -> Result<(), CliError> {
    let known = migrations::versions();
    let first = known.first();
    if first.is_none_or(|first| !applied.contains(first)) {
        return Err(CliError::words(format!("{} is no database of Safeharbor", shown.display())));
    }
    match applied.difference(&known).next() {
        None => Ok(()),
        Some(newer) => Err(CliError::words(format!(
            "{} is of a newer version of Safeharbor (migration {newer}); restore it with that one",
            shown.display()
        ))),
    }
}

/// The manifest of a backup.
fn beside(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".manifest.json");
    PathBuf::from(name)
}

/// SHA-256 and size of a file.
fn digest(file: &Path) -> Result<(String, u64), CliError> {
    let mut hash = Sha256::new();
    let opened = File::open(file).map_err(|e| CliError::words(format!("{}: {e}", file.display())))?;
    let bytes = std::io::copy(&mut std::io::BufReader::new(opened), &mut hash)?;
    Ok((hash.finalize().iter().map(|b| format!("{b:02x}")).collect(), bytes))
}
