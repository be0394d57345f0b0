//! `backup` and `restore`: one file with everything that is in the database, taken while the server runs.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use sha2::{Digest, Sha256};

use super::CliError;
use crate::config::{Config, Settings};
use crate::storage::{DatabaseUrl, backup, migrations};

/// How a copy of an embedded database begins.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// How an archive of pg_dump begins.
const POSTGRES: &[u8] = b"PGDMP";

fn words(text: impl Into<String>) -> CliError {
    CliError::Words(text.into())
}

/// Writes a backup; never over a file that is there, and under its name only when it is whole and on disk.
pub(super) fn backup(settings: &Settings, file: &Path) -> Result<ExitCode, CliError> {
    let url = Config::from_settings(settings)?.database.url;
    if file.exists() {
        return Err(words(format!("{} is there already; name a new file", file.display())));
    }
    if let DatabaseUrl::Sqlite(path) = &url
        && !Path::new(path).exists()
    {
        return Err(words(format!("there is no database at {path}; check --data and --config")));
    }
    let part = beside(file, "part");
    let _ = fs::remove_file(&part);
    // Personal data and the secret of the installation are in it: nobody else reads it, from the first byte on.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).map_err(|e| unwritable(&part, &e))?;
    let mut conn = backup::look_into(&url)?;
    match &url {
        DatabaseUrl::Sqlite(_) => {
            backup::copy_to(&mut conn, &part)?;
            sound(&part)?;
        }
        DatabaseUrl::Postgres(address) => {
            let schema = backup::schema(&mut conn)?;
            let mut command = client("pg_dump", address);
            command.args(["--format=custom", "--no-owner", "--no-privileges", "--schema", &schema, "--file"]);
            run(command.arg(&part))?;
        }
    }
    settle(&part, file)?;
    let size = fs::metadata(file)?.len();
    println!("{}: {size} bytes of {url:?}\nSHA-256 {}", file.display(), digest(file)?);
    println!("Put it back into an empty place: safeharbor restore {}", file.display());
    Ok(ExitCode::SUCCESS)
}

fn unwritable(path: &Path, error: &std::io::Error) -> CliError {
    words(format!("{}: {error}", path.display()))
}

/// Puts a backup back; only where no database is yet.
pub(super) fn restore(settings: &Settings, file: &Path) -> Result<ExitCode, CliError> {
    let config = Config::from_settings(settings)?;
    let url = config.database.url;
    let mut start = Vec::new();
    let read = |e: std::io::Error| words(format!("{}: {e}", file.display()));
    File::open(file).map_err(read)?.take(16).read_to_end(&mut start)?;
    match &url {
        DatabaseUrl::Sqlite(path) if start.starts_with(SQLITE) => restore_file(file, Path::new(path))?,
        DatabaseUrl::Postgres(address) if start.starts_with(POSTGRES) => restore_dump(file, &url, address)?,
        DatabaseUrl::Sqlite(_) if start.starts_with(POSTGRES) => {
            return Err(words("this is a backup of PostgreSQL; set DATABASE_URL to an empty database"));
        }
        DatabaseUrl::Postgres(_) if start.starts_with(SQLITE) => {
            return Err(words("this is a backup of SQLite; leave DATABASE_URL out"));
        }
        _ => return Err(words(format!("{} is no backup made by safeharbor backup", file.display()))),
    }
    let applied = migrations::migrate(&url)?;
    println!("{} is in {url:?} again; {} newer migrations applied.", file.display(), applied.len());
    println!("Check it: safeharbor verify-log");
    Ok(ExitCode::SUCCESS)
}

fn restore_file(file: &Path, path: &Path) -> Result<(), CliError> {
    for taken in [path.to_path_buf(), beside(path, "-wal"), beside(path, "-shm")] {
        if taken.exists() {
            return Err(words(format!("{} is there already; stop the server and move it away first", taken.display())));
        }
    }
    sound(file)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let part = beside(path, "part");
    fs::copy(file, &part)?;
    settle(&part, path)
}

fn restore_dump(file: &Path, url: &DatabaseUrl, address: &str) -> Result<(), CliError> {
    let mut conn = backup::look_into(url)?;
    if !backup::is_empty(&mut conn)? {
        return Err(words(format!("there are tables in {url:?} already; make an empty database")));
    }
    let schema = backup::schema(&mut conn)?;
    let mut command = client("pg_restore", address);
    command.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]);
    command.args(["--schema", &schema]);
    run(command.arg(file))?;
    // A dump of another schema restores nothing, without an error.
    if backup::is_empty(&mut conn)? {
        return Err(words(format!("the backup holds no table of the schema {schema}")));
    }
    Ok(())
}

/// Whether an embedded database is whole.
fn sound(file: &Path) -> Result<(), CliError> {
    let mut conn = backup::look_into(&DatabaseUrl::Sqlite(file.display().to_string()))?;
    match backup::faults(&mut conn)?.first() {
        None => Ok(()),
        Some(fault) => Err(words(format!("{} is damaged: {fault}", file.display()))),
    }
}

/// `name` with an ending more; SQLite's own files begin with `-`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(if ending.starts_with('-') { ending.to_owned() } else { format!(".{ending}") });
    PathBuf::from(name)
}

/// On disk, then under its name: a crash leaves a whole file or none.
fn settle(part: &Path, whole: &Path) -> Result<(), CliError> {
    OpenOptions::new().read(true).write(true).open(part)?.sync_all()?;
    fs::rename(part, whole)?;
    let folder = whole.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(File::open(folder)?.sync_all()?)
}

fn digest(file: &Path) -> Result<String, CliError> {
    let mut hash = Sha256::new();
    std::io::copy(&mut File::open(file)?, &mut hash)?;
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// A program of PostgreSQL. It reads the address as libpq does everywhere else, several servers included; the password
/// goes by the environment, where no list of processes shows it.
fn client(program: &str, address: &str) -> Command {
    let (address, password) = without_password(address);
    let mut command = Command::new(program);
    command.arg(format!("--dbname={address}"));
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// Takes the password out of an address, wherever it stands in it.
fn without_password(address: &str) -> (String, Option<String>) {
    let mut password = None;
    let (place, query) = address.split_once('?').map_or((address, None), |(place, query)| (place, Some(query)));
    let mut place = place.to_owned();
    let from = place.find("://").map_or(0, |at| at + 3);
    if let Some(at) = place.rfind('@')
        && let Some(colon) = place.get(from..at).and_then(|user| user.find(':'))
    {
        password = Some(percent(&place[from + colon + 1..at]));
        place.replace_range(from + colon..at, "");
    }
    let mut kept = Vec::new();
    for pair in query.into_iter().flat_map(|q| q.split('&')) {
        match pair.strip_prefix("password=") {
            Some(found) => password = Some(percent(found)),
            None => kept.push(pair),
        }
    }
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    (place + &query, password)
}

fn percent(text: &str) -> String {
    // A form's encoding but for the plus sign, which stands for itself here.
    let form = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn run(command: &mut Command) -> Result<(), CliError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            words(format!("{program} is not installed; it comes with the client programs of PostgreSQL"))
        }
        _ => words(format!("{program}: {e}")),
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(words(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_goes_by_the_environment() {
        let of = |address: &str| {
            let (address, password) = without_password(address);
            (address, password.unwrap_or_default())
        };
        for (address, plain, password) in [
            ("postgres://us%40er:p+a%3Ass@db.example:5433/base", "postgres://us%40er@db.example:5433/base", "p+a:ss"),
            (
                "postgres://u@h1:5432,h2:5432/d?target_session_attrs=read-write",
                "postgres://u@h1:5432,h2:5432/d?target_session_attrs=read-write",
                "",
            ),
            ("postgres://h/d?password=a%26b&sslmode=verify-full", "postgres://h/d?sslmode=verify-full", "a&b"),
            ("postgres:///d?host=/run/postgresql&password=x", "postgres:///d?host=/run/postgresql", "x"),
        ] {
            assert_eq!(of(address), (plain.to_owned(), password.to_owned()));
        }
    }
}
