//! `staff add`, `list`, `disable`, `enable`, `remove` and `reset-second-factor`.

use std::io::{IsTerminal, stdin};
use std::process::ExitCode;

use crate::actions::{
    disable_staff, enable_staff, put_staff, remove_staff, reset_second_factor as reset_second_factor_of,
};
use crate::cli::database::open;
use crate::cli::error::CliError;
use crate::config::Settings;
use crate::domain::access::role::StaffRole;
use crate::domain::base::contact::EmailAddress;
use crate::domain::record::event::Actor;
use crate::password;
use crate::storage::access::staff_access;

/// Adds or changes a member of staff.
pub(super) async fn add(settings: &Settings, email: &str, name: &str, role: &str) -> Result<ExitCode, CliError> {
    let words = |text: String| CliError::Words(text);
    let address = EmailAddress::parse(email).ok_or_else(|| words(format!("{email:?} is not an email address")))?;
    let role: StaffRole = role.parse().map_err(|e| words(format!("{role:?}: {e}")))?;
    let app = open(settings).await?;
    let password = ask()?;
    let hash = password::hash(&app.context.entropy, &password).map_err(|e| words(e.to_string()))?;
    let (address2, name2) = (address.clone(), name.to_owned());
    app.write(move |tx| put_staff(tx, &address2, &name2, role, &hash)).await?;
    println!("{name} <{address}> can sign in as {} at {}/staff/", role.code(), app.config().server.public_url);
    Ok(ExitCode::SUCCESS)
}

/// Prints everybody who was ever on the staff.
pub(super) async fn list(settings: &Settings) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    for who in app.read(staff_access::everybody).await? {
        let state = match (who.removed_at, who.disabled_at) {
            (Some(at), _) => format!("removed {}", at.iso()),
            (None, Some(at)) => format!("disabled {}", at.iso()),
            (None, None) => "active".to_owned(),
        };
        let step = if who.second_factor { "second step" } else { "password only" };
        println!("{:>4}  {:<6}  {state}  {step}  {} <{}>", who.id, who.role.code(), who.name, who.email);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is done about somebody's access.
#[derive(Clone, Copy)]
pub(super) enum Access {
    Disable,
    Enable,
    Remove,
}

/// Changes the access of somebody.
pub(super) async fn change(settings: &Settings, email: &str, access: Access) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let wanted = email.to_owned();
    let found = app.read(move |c| staff_access::find(c, &wanted)).await?;
    let who =
        found.ok_or_else(|| CliError::Words(format!("{email:?} is not on the staff; run safeharbor staff list")))?;
    let id = who.id;
    app.write(move |tx| match access {
        Access::Disable => disable_staff(tx, id, &Actor::Operator),
        Access::Enable => enable_staff(tx, id, &Actor::Operator),
        Access::Remove => remove_staff(tx, id, &Actor::Operator),
    })
    .await?;
    let words = match access {
        Access::Disable => "can no longer sign in; sessions and second step have ended",
        Access::Enable => "can sign in again, with the password only",
        Access::Remove => "is no longer on the staff; what they did stays on record",
    };
    println!("{} <{}> {words}.", who.name, who.email);
    Ok(ExitCode::SUCCESS)
}

/// Takes a lost second factor away.
pub(super) async fn reset_second_factor(settings: &Settings, email: &str) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let wanted = email.to_owned();
    app.write(move |tx| reset_second_factor_of(tx, &wanted)).await.map_err(|e| CliError::Words(e.to_string()))?;
    println!(
        "{email} now signs in with the password only; set up a new second step at {}/staff/account",
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
        Err(CliError::Words("the passwords do not match; nothing was changed".to_owned()))
    }
}
