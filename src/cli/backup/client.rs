//! Programs of PostgreSQL that make and read archives of it.

use std::process::Command;

use crate::cli::error::CliError;

/// A program of PostgreSQL. It reads the address as libpq does everywhere else, several servers included; the password
/// goes by the environment, where no list of processes shows it.
pub(super) fn client(program: &str, address: &str) -> Command {
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

/// Runs it; returns what it wrote to standard output.
///
/// # Errors
///
/// In words: it is not installed, or what it wrote to standard error.
pub(super) fn run(command: &mut Command) -> Result<Vec<u8>, CliError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            CliError::words(format!("{program} is not installed; it comes with the client programs of PostgreSQL"))
        }
        _ => CliError::words(format!("{program}: {e}")),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(CliError::words(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim())))
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
