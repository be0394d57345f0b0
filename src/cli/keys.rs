//! `keys add`, `keys list`, `keys revoke`.

use std::process::ExitCode;

use crate::actions::{make_key, revoke_key};
use crate::cli::database::open;
use crate::cli::error::CliError;
use crate::config::Settings;
use crate::domain::access::scope::{read_list, write_list};
use crate::domain::base::ids::ApiKeyId;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::record::event::Actor;
use crate::storage::access::api_keys::{self, NewKey};

/// Makes a key and prints its secret, alone on standard output.
pub(super) async fn add(
    settings: &Settings,
    name: &str,
    scopes: &str,
    expires: Option<&str>,
) -> Result<ExitCode, CliError> {
    let words = |text: String| CliError::Words(text);
    let scopes = read_list(scopes).map_err(|e| words(e.to_string()))?;
    let lifetime: Option<Span> =
        expires.map(|text| text.parse().map_err(|e| words(format!("{text:?}: {e}")))).transpose()?;
    let app = open(settings).await?;
    let new = NewKey { name: name.to_owned(), scopes, expires_at: lifetime.map(|span| app.clock.now() + span) };
    let (id, secret) = app.write(move |tx| make_key(tx, &new, &Actor::Operator)).await?;
    eprintln!("Key {id} for {name}. This is its secret; it is not stored and cannot be shown again:");
    println!("{secret}");
    Ok(ExitCode::SUCCESS)
}

/// Prints all keys.
pub(super) async fn list(settings: &Settings) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let now = app.clock.now();
    for key in app.read(api_keys::all).await? {
        let state = if key.works(now) { "works" } else { "ended" };
        let used = key.last_used_at.map_or_else(|| "never".to_owned(), Moment::iso);
        println!("{:>4}  {state}  {:<30}  {}  last used {used}", key.id, key.name, write_list(&key.scopes));
    }
    Ok(ExitCode::SUCCESS)
}

/// Revokes a key.
pub(super) async fn revoke(settings: &Settings, id: i64) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    app.write(move |tx| revoke_key(tx, ApiKeyId(id), &Actor::Operator)).await?;
    println!("Key {id} opens nothing any more.");
    Ok(ExitCode::SUCCESS)
}
