//! `serve`, `worker` and `migrate`.

use std::process::ExitCode;

use super::{CliError, open};
use crate::app::App;
use crate::config::{Config, Settings};
use crate::http::bind;
use crate::jobs::run_until;
use crate::storage::{migrations, staff};

/// The web server and the jobs, until the process is told to stop.
pub(super) async fn serve(settings: &Settings) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let bound = bind(app.clone())?;
    let mail = crate::inbound::bind(app.clone()).await?;
    let address = bound.address()?;
    println!("Safeharbor listens on http://{address}/");
    println!("Public address: {}/", app.config().server.public_url);
    println!("Letters: {}", app.transport.describe());
    if let Some(listener) = mail {
        println!("Mail: LMTP at {}", listener.address()?);
        tokio::spawn(listener.run());
    }
    if app.read(staff::all).await?.is_empty() {
        println!("{FIRST_START}");
    }
    run(app, bound).await
}

const FIRST_START: &str = "
Nobody can sign in yet. In another terminal, with the same --config and --data:
  safeharbor staff add you@host.example --name \"Your Name\" --role admin
  safeharbor customers import customers.csv     (columns: safeharbor customers import --help)
  safeharbor doctor                             (checks everything and says what to do)
Then open /staff/ to sign in.";

/// Serves until SIGTERM or SIGINT, then lets the jobs finish what they hold.
pub(super) async fn run(app: App, bound: crate::http::Bound) -> Result<ExitCode, CliError> {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let jobs = tokio::spawn(run_until(app, async {
        // Ends when the sender is dropped too.
        let _ = stopped.await;
    }));
    let server = bound.run()?;
    let result = server.await;
    drop(stop);
    let _ = jobs.await;
    result?;
    Ok(ExitCode::SUCCESS)
}

/// The jobs alone.
pub(super) async fn worker(settings: &Settings) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    println!("Safeharbor runs jobs. Letters: {}", app.transport.describe());
    run_until(app, stop_signal()).await;
    Ok(ExitCode::SUCCESS)
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {},
                _ = terminate.recv() => {},
            }
        }
        Err(_) => drop(interrupt.await),
    }
}

/// Brings the schema up to date.
pub(super) fn migrate(settings: &Settings) -> Result<ExitCode, CliError> {
    let config = Config::from_settings(settings)?;
    std::fs::create_dir_all(&config.server.data_dir)?;
    let applied = migrations::migrate(&config.database.url)?;
    match applied.as_slice() {
        [] => println!("The database {:?} is up to date.", config.database.url),
        names => println!("Applied to {:?}: {}", config.database.url, names.join(", ")),
    }
    Ok(ExitCode::SUCCESS)
}
