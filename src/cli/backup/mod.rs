//! `backup` and `restore`: one file with everything that is in the database, taken while the server runs, and a manifest
//! beside it.

mod client;
mod manifest;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::database;
use super::new_file::NewFile;
use crate::cli::error::CliError;
use crate::config::{Config, Settings};
use crate::storage::DatabaseUrl;
use crate::storage::engine::{backup, migrations};
use client::{client, run};
use manifest::{Manifest, check_digest, check_schema, expected};

/// How a copy of an embedded database begins.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// How an archive of pg_dump begins.
const POSTGRES: &[u8] = b"PGDMP";

/// Writes a backup; never over a file that is there, and under its name only when it is whole and on disk.
pub(super) fn backup(settings: &Settings, file: &Path) -> Result<ExitCode, CliError> {
    let config = Config::from_settings(settings)?;
    database::must_exist(&config, settings)?;
    let url = config.database.url.clone();
    let (new, _) = NewFile::begin(file)?;
    let mut conn = backup::look_into(&url)?;
    let schema = migrations::applied(&mut conn)?;
    let kind = match &url {
        DatabaseUrl::Sqlite(_) => {
            backup::copy_to(&mut conn, new.part())?;
            sound(new.part(), file)?;
            "sqlite"
        }
        DatabaseUrl::Postgres(address) => {
            let schema = backup::schema(&mut conn)?;
            let mut command = client("pg_dump", address);
            command.args(["--format=custom", "--no-owner", "--no-privileges", "--schema", &schema, "--file"]);
            run(command.arg(new.part()))?;
            "postgres"
        }
    };
    let manifest = Manifest::of(new.part(), kind, schema)?;
    manifest.write(file)?;
    new.finish()?;
    println!("{}: {} bytes of {url:?}\nSHA-256 {}", file.display(), manifest.bytes, manifest.sha256);
    println!(
        "Not in it, and to be backed up too: the configuration file, the key files that it names, and {}",
        signing_key(config.record.signing_key_file.as_deref(), &config.server.data_dir).display()
    );
    println!("Restore it where there is no database yet: safeharbor restore {}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup back; only where no database is yet, and only one that is as it was made.
pub(super) fn restore(
    settings: &Settings,
    file: &Path,
    sha256: Option<&str>,
    place: &str,
) -> Result<ExitCode, CliError> {
    let config = Config::from_settings(settings)?;
    let key = signing_key(config.record.signing_key_file.as_deref(), &config.server.data_dir);
    let url = config.database.url;
    let mut start = Vec::new();
    let read = |e: std::io::Error| CliError::words(format!("{}: {e}", file.display()));
    File::open(file).map_err(read)?.take(16).read_to_end(&mut start)?;
    match &url {
        DatabaseUrl::Sqlite(path) if start.starts_with(SQLITE) => restore_file(file, Path::new(path), sha256)?,
        DatabaseUrl::Postgres(address) if start.starts_with(POSTGRES) => restore_dump(file, &url, address, sha256)?,
        DatabaseUrl::Sqlite(_) if start.starts_with(POSTGRES) => {
            return Err(CliError::words("this is a backup of PostgreSQL; set DATABASE_URL to an empty database"));
        }
        DatabaseUrl::Postgres(_) if start.starts_with(SQLITE) => {
            return Err(CliError::words("this is a backup of SQLite; leave DATABASE_URL out"));
        }
        _ => return Err(CliError::words(format!("{} is no backup made by safeharbor backup", file.display()))),
    }
    let applied = migrations::migrate(&url)?;
    println!("Restored {} to {url:?}; newer migrations applied: {}.", file.display(), applied.len());
    if !key.exists() {
        println!(
            "The signing key {} is missing. Copy it, and the .pub file beside it, from the old installation before the first start; otherwise a new key is made, and later digests are signed with that.",
            key.display()
        );
    }
    println!("Check it: safeharbor verify-log{place}");
    Ok(ExitCode::SUCCESS)
}

/// Where the key is that signs the digest of the record.
fn signing_key(set: Option<&Path>, data: &Path) -> PathBuf {
    set.map_or_else(|| data.join("record_signing_key"), Path::to_path_buf)
}

fn restore_file(file: &Path, path: &Path, sha256: Option<&str>) -> Result<(), CliError> {
    for taken in ["", "-wal", "-shm"].map(|ending| beside(path, ending)) {
        if taken.exists() {
            return Err(CliError::words(format!(
                "{} is there already; stop the server and move it away first",
                taken.display()
            )));
        }
    }
    let expected = expected(file, sha256)?;
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        crate::app::private_folder(folder)?;
    }
    // What is checked is the copy: nobody can change that one between the look and the use.
    let (new, mut part) = NewFile::begin(path)?;
    std::io::copy(&mut File::open(file)?, &mut part)?;
    check_digest(new.part(), file, &expected)?;
    sound(new.part(), file)?;
    check_schema(&applied_in(new.part())?, file)?;
    new.finish()
}

fn restore_dump(file: &Path, url: &DatabaseUrl, address: &str, sha256: Option<&str>) -> Result<(), CliError> {
    let mut conn = backup::look_into(url)?;
    if !backup::is_empty(&mut conn)? {
        return Err(CliError::words(format!("there are tables in {url:?} already; make an empty database")));
    }
    check_digest(file, file, &expected(file, sha256)?)?;
    check_schema(&applied_in_dump(file)?, file)?;
    let schema = backup::schema(&mut conn)?;
    let mut command = client("pg_restore", address);
    command.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]);
    command.args(["--schema", &schema]);
    run(command.arg(file))?;
    // A dump of another schema restores nothing, without an error.
    if backup::is_empty(&mut conn)? {
        return Err(CliError::words(format!("the backup holds no table of the schema {schema}")));
    }
    Ok(())
}

/// Migrations that were applied to an embedded database; none where it is none of ours.
fn applied_in(file: &Path) -> Result<BTreeSet<String>, CliError> {
    let mut conn = backup::look_into(&DatabaseUrl::Sqlite(file.display().to_string()))?;
    Ok(migrations::applied(&mut conn).unwrap_or_default())
}

/// The same of an archive of `pg_dump`, from the lines of its table.
fn applied_in_dump(file: &Path) -> Result<BTreeSet<String>, CliError> {
    let mut command = std::process::Command::new("pg_restore");
    command.args(["--data-only", "--table=__diesel_schema_migrations", "--file=-"]);
    let text = run(command.arg(file))?;
    let text = String::from_utf8_lossy(&text);
    let rows = text.lines().skip_while(|line| !line.starts_with("COPY ")).skip(1).take_while(|line| *line != "\\.");
    Ok(rows.filter_map(|row| row.split('\t').next()).map(str::to_owned).collect())
}

/// Whether an embedded database is whole.
fn sound(file: &Path, shown: &Path) -> Result<(), CliError> {
    let mut conn = backup::look_into(&DatabaseUrl::Sqlite(file.display().to_string()))?;
    match backup::faults(&mut conn)?.first() {
        None => Ok(()),
        Some(fault) => Err(CliError::words(format!("{} is damaged: {fault}", shown.display()))),
    }
}

/// `name` with an ending more.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
