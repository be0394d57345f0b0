//! Files and folders of an installation: can they be written, and by nobody else be read?

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::report::Report;
use crate::config::Config;
use crate::storage::DatabaseUrl;

/// Files of one folder that are looked at; a folder that is closed protects what is in it anyhow.
const LOOKED_AT: usize = 10_000;
/// Open ones that are named one by one.
const NAMED: usize = 5;

/// Checks the data folder, and that what holds personal data or secrets is its owner's alone.
pub(super) fn check(report: &mut Report, config: &Config, file: Option<&Path>) {
    let folder = &config.server.data_dir;
    match writable(folder) {
        Ok(true) => report.good("data folder", &folder.display().to_string()),
        Ok(false) => {
            report.note("data folder", &format!("{} is not there yet; the service makes it", folder.display()));
        }
        Err(error) => report.bad("data folder", &format!("{}: {error}; make it writable", folder.display())),
    }
    let open: Vec<PathBuf> = belongings(config, file).into_iter().filter(|path| is_open(path)).collect();
    if open.is_empty() {
        report.good("files", "only their owner can read them");
        return;
    }
    let named: Vec<String> = open.iter().take(NAMED).map(|path| path.display().to_string()).collect();
    let more = if open.len() > NAMED { format!(" and {} more", open.len() - NAMED) } else { String::new() };
    report.bad("files", &format!("others can read {}{more}; run `chmod -R go= FILE`", named.join(", ")));
}

/// Whether a folder can be written to; nothing where it is not there.
fn writable(folder: &Path) -> io::Result<bool> {
    if !folder.try_exists()? {
        return Ok(false);
    }
    let trial = folder.join(format!(".trial-{}", std::process::id()));
    fs::write(&trial, b"x")?;
    fs::remove_file(trial)?;
    Ok(true)
}

/// What holds personal data or secrets: the database and what stands beside it, letters, keys, the configuration
/// where a secret is in it.
fn belongings(config: &Config, file: Option<&Path>) -> Vec<PathBuf> {
    let mut all = Vec::new();
    if let DatabaseUrl::Sqlite(path) = &config.database.url {
        all.extend(["", "-wal", "-shm"].map(|ending| PathBuf::from(format!("{path}{ending}"))));
    }
    let folder = &config.server.data_dir;
    if is_open(folder) {
        for place in [folder.clone(), folder.join("mail")] {
            let found = fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
            all.extend(found.take(LOOKED_AT).filter(|path| path.is_file()));
        }
    }
    all.extend(config.mail.dkim.iter().map(|dkim| dkim.key_file.clone()));
    let has_secret = config.mail.smtp.as_ref().is_some_and(|smtp| !smtp.password.is_empty())
        || !config.server.metrics_token.is_empty();
    all.extend(file.filter(|file| has_secret && names_a_secret(file)).map(Path::to_path_buf));
    all.sort();
    all.dedup();
    all
}

fn names_a_secret(file: &Path) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    ["smtp_password", "metrics_token"].iter().any(|key| text.contains(key))
}

/// Whether others than the owner may read it.
fn is_open(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o044 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_can_read_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, "x").unwrap();
        for (mode, open) in [(0o600, false), (0o640, true), (0o604, true), (0o700, false)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_open(&path), open, "{mode:o}");
        }
        assert!(!is_open(&folder.path().join("none")));
    }
}
