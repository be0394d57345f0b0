//! `serve`, `worker` and `migrate`.

use std::process::ExitCode;

use super::database;
use super::supervisor::{self, Hangup};
use crate::app::App;
use crate::cli::database::{open, open_or_create};
use crate::cli::error::CliError;
use crate::config::{Config, Settings};
use crate::http::{Bound, bind};
use crate::jobs::run_until_stopped;
use crate::storage::access::staff;
use crate::storage::engine::migrations;

/// The web server and the jobs, until the process is told to stop.
pub(super) async fn serve(settings: &Settings) -> Result<ExitCode, CliError> {
    let hangup = Hangup::listen();
    let app = open_or_create(settings).await?;
    let bound = bind(app.clone())?;
    let mail = crate::inbound::bind(app.clone()).await?;
    let address = bound.address()?;
    println!("Safeharbor listens on http://{address}/");
    println!("Public address: {}/", app.config().server.public_url);
    println!("{}.", app.transport.describe());
    if let Some(listener) = mail {
        println!("Mail: LMTP at {}", listener.address()?);
        tokio::spawn(listener.run());
    }
    if app.read(staff::all).await?.is_empty() {
        println!("{FIRST_START}");
    }
    run(app, bound, hangup).await
}

const FIRST_START: &str = "
No one can sign in yet. In another terminal, with the same --config and --data:
  safeharbor staff add you@host.example --name \"Your Name\" --role admin
  safeharbor customers import customers.csv     (columns: safeharbor customers import --help)
  safeharbor doctor                             (checks everything and says what to do)
Then open /staff/ to sign in.";

/// Serves until SIGTERM, SIGINT or SIGHUP, then lets the jobs finish what they hold.
pub(super) async fn run(app: App, bound: Bound, hangup: Hangup) -> Result<ExitCode, CliError> {
    let jobs = tokio::spawn(run_until_stopped(app.clone()));
    let server = bound.run()?;
    let handle = server.handle();
    tokio::spawn(async move {
        hangup.heard().await;
        handle.stop(true).await;
    });
    supervisor::ready();
    let result = server.await;
    supervisor::stopping();
    tracing::info!("stopping: no new requests; finishing those in progress");
    app.stop();
    let _ = jobs.await;
    tracing::info!("stopped");
    result?;
    Ok(ExitCode::SUCCESS)
}

/// The jobs alone. `watched`: an address was given, at which the worker tells how it is.
pub(super) async fn worker(settings: &Settings, watched: bool) -> Result<ExitCode, CliError> {
    let hangup = Hangup::listen();
    let app = open(settings).await?;
    let bound = if watched { Some(bind(app.clone())?) } else { None };
    match &bound {
        Some(bound) => println!("Safeharbor runs jobs and reports its status on http://{}/", bound.address()?),
        None => println!("Safeharbor runs jobs."),
    }
    println!("{}.", app.transport.describe());
    let watch = bound.map(Bound::watch).transpose()?;
    let told = app.clone();
    tokio::spawn(async move {
        stop_signal(hangup).await;
        supervisor::stopping();
        tracing::info!("stopping: finishing what is in progress");
        told.stop();
    });
    supervisor::ready();
    run_until_stopped(app).await;
    if let Some(watch) = watch {
        watch.stop().await;
    }
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn stop_signal(hangup: Hangup) {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {},
                _ = terminate.recv() => {},
                () = hangup.heard() => {},
            }
        }
        Err(_) => drop(interrupt.await),
    }
}

/// Brings the schema up to date.
pub(super) fn migrate(settings: &Settings) -> Result<ExitCode, CliError> {
    let config = Config::from_settings(settings)?;
    database::may_create(&config, settings)?;
    crate::app::private_folder(&config.server.data_dir)?;
    let applied = migrations::migrate(&config.database.url)?;
    match applied.as_slice() {
        [] => println!("The database {:?} is up to date.", config.database.url),
        names => println!("Applied to {:?}: {}", config.database.url, names.join(", ")),
    }
    Ok(ExitCode::SUCCESS)
}
