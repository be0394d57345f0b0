//! A file that is there whole or not at all: written beside its place under another name, on disk before it gets its own,
//! taken away where it is not finished, and never put over one that is there.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::cli::error::CliError;

/// A file being written.
pub(super) struct NewFile {
    place: PathBuf,
    part: TempPath,
}

impl NewFile {
    /// Begins a file that its owner alone can read. Returns it open, too.
    ///
    /// # Errors
    ///
    /// There is one of that name, or the folder cannot be written to.
    pub(super) fn begin(place: &Path) -> Result<(Self, File), CliError> {
        let words = |why: String| CliError::Words(format!("{}: {why}", place.display()));
        if fs::symlink_metadata(place).is_ok() {
            return Err(words("is there already; name a new file".to_owned()));
        }
        let part = NamedTempFile::new_in(folder(place)).map_err(|e| words(e.to_string()))?;
        let (file, part) = part.into_parts();
        Ok((Self { place: place.to_path_buf(), part }, file))
    }

    /// Where it is until it is finished.
    pub(super) fn part(&self) -> &Path {
        &self.part
    }

    /// Everything is written: to disk with it, and under its name.
    ///
    /// # Errors
    ///
    /// It cannot be written, or meanwhile there is another of that name.
    pub(super) fn finish(self) -> Result<(), CliError> {
        let words = |e: &io::Error| CliError::Words(format!("{}: {e}", self.place.display()));
        File::open(&self.part).and_then(|file| file.sync_all()).map_err(|e| words(&e))?;
        self.part.persist_noclobber(&self.place).map_err(|e| words(&e.error))?;
        File::open(folder(&self.place)).and_then(|folder| folder.sync_all()).map_err(|e| words(&e))
    }
}

fn folder(place: &Path) -> &Path {
    place.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("x.zip");
        let (given_up, mut file) = NewFile::begin(&place).unwrap();
        file.write_all(b"half").unwrap();
        drop(given_up);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let (new, mut file) = NewFile::begin(&place).unwrap();
        file.write_all(b"whole").unwrap();
        assert!(!place.exists());
        new.finish().unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"whole");
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(NewFile::begin(&place).is_err());
    }
}
