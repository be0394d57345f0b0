//! `staff add` and `staff reset-second-factor`.

use std::io::{IsTerminal, stdin};
use std::process::ExitCode;

use super::{CliError, open};
use crate::actions::{put_staff, reset_second_factor as reset_second_factor_of};
use crate::config::Settings;
use crate::domain::contact::EmailAddress;
use crate::domain::role::StaffRole;
use crate::password;

/// Adds or changes a member of staff.
pub(super) async fn add(settings: &Settings, email: &str, name: &str, role: &str) -> Result<ExitCode, CliError> {
    let words = |text: String| CliError::Words(text);
    let address = EmailAddress::parse(email).ok_or_else(|| words(format!("{email:?} is not a mail address")))?;
    let role: StaffRole = role.parse().map_err(|e| words(format!("{role:?}: {e}")))?;
    let app = open(settings).await?;
    let password = ask()?;
    let hash = password::hash(&app.house.entropy, &password).map_err(|e| words(e.to_string()))?;
    let (address2, name2) = (address.clone(), name.to_owned());
    app.write(move |tx| put_staff(tx, &address2, &name2, role, &hash)).await?;
    println!("{name} <{address}> can sign in as {} at {}/staff/", role.code(), app.config().server.public_url);
    Ok(ExitCode::SUCCESS)
}

/// Takes a lost second factor away.
pub(super) async fn reset_second_factor(settings: &Settings, email: &str) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let wanted = email.to_owned();
    app.write(move |tx| reset_second_factor_of(tx, &wanted)).await.map_err(|e| CliError::Words(e.to_string()))?;
    println!(
        "{email} signs in by the password alone now; set up a new second step at {}/staff/account",
        app.config().server.public_url
    );
    Ok(ExitCode::SUCCESS)
}

fn ask() -> Result<String, CliError> {
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password(format!("Password (at least {} characters): ", password::MIN_LENGTH))?;
    let second = rpassword::prompt_password("Once more: ")?;
    if first == second {
        Ok(first)
    } else {
        Err(CliError::Words("the two are not the same; nothing was changed".to_owned()))
    }
}
