//! Which commands may make a database. One that is started in another folder than the service must not make a second,
//! empty one and say that all is well.

use std::path::Path;

use super::error::CliError;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::entropy::Entropy;
use crate::storage::DatabaseUrl;
use crate::storage::engine::presence;

/// A command that works on the database of an installation: it must be there.
///
/// # Errors
///
/// [`CliError::NoDatabase`] where there is none.
pub(in crate::cli) fn must_exist(config: &Config, settings: &Settings) -> Result<(), CliError> {
    if presence::is_initialized(&config.database.url)? {
        return Ok(());
    }
    let hint = moved(config, settings).unwrap_or_else(|| {
        "Name the installation by --config or --data, or make a new one: safeharbor migrate".to_owned()
    });
    Err(CliError::NoDatabase(format!("there is no Safeharbor database at {:?}. {hint}", config.database.url)))
}

/// A command that makes a database where there is none yet, unless that of this installation is evidently elsewhere.
///
/// # Errors
///
/// [`CliError::NoDatabase`] where a relative path used to mean another folder, and the database is in that.
pub(in crate::cli) fn may_create(config: &Config, settings: &Settings) -> Result<(), CliError> {
    if let DatabaseUrl::Sqlite(path) = &config.database.url
        && !Path::new(path).exists()
        && let Some(hint) = moved(config, settings)
    {
        return Err(CliError::NoDatabase(format!("there is no database at {path}. {hint}")));
    }
    Ok(())
}

/// Relative paths of the configuration file once began at the working directory. Where the database is still there,
/// says so.
fn moved(config: &Config, settings: &Settings) -> Option<String> {
    let DatabaseUrl::Sqlite(_) = &config.database.url else { return None };
    let folder = settings.folder()?;
    let before = Path::new(".").join(config.server.data_dir.strip_prefix(folder).ok()?);
    let found = before.join("safeharbor.db");
    let same = before.canonicalize().ok() == config.server.data_dir.canonicalize().ok();
    (found.exists() && !same).then(|| {
        let place = before.canonicalize().unwrap_or(before);
        format!(
            "Relative paths begin at the folder of the configuration file; {} holds one: write that folder into the file, [server] data_dir = {:?}",
            place.display(),
            place.display().to_string()
        )
    })
}

/// Opens the application as configured; its database must be there.
pub(in crate::cli) async fn open(settings: &Settings) -> Result<App, CliError> {
    let config = Config::from_settings(settings)?;
    must_exist(&config, settings)?;
    start(config).await
}

/// The same, and makes the database where there is none.
pub(in crate::cli) async fn open_or_create(settings: &Settings) -> Result<App, CliError> {
    let config = Config::from_settings(settings)?;
    may_create(&config, settings)?;
    start(config).await
}

async fn start(config: Config) -> Result<App, CliError> {
    Ok(App::start(config, Clock::System, Entropy::from_os()).await?)
}
