//! `demo`: everything at once, with an invented host.

use std::process::ExitCode;

use super::serve::run;
use super::supervisor::Hangup;
use crate::cli::database::open_or_create;
use crate::cli::error::CliError;
use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::demo::{self, PASSWORD, REPORT_THIS, SETTINGS, STAFF};
use crate::http::bind;
use crate::storage::engine::presence;

/// Loads the demo's data at the first start and serves.
pub(super) async fn demo(mut settings: Settings) -> Result<ExitCode, CliError> {
    if !settings.is_set("server.data_dir") {
        settings.set("server.data_dir", "./data/demo");
    }
    for (key, value) in SETTINGS {
        if !settings.is_set(key) {
            settings.set(key, *value);
        }
    }
    // Whatever the configuration says: the demo writes to nobody.
    settings.set("mail.smtp_host", "");
    settings.set("mail.files_are_delivery", "true");
    let config = Config::from_settings(&settings)?;
    crate::app::private_folder(&config.server.data_dir)?;
    let done = config.server.data_dir.join("demo-is-loaded");
    if !done.exists() {
        let url = config.database.url.clone();
        let used = presence::is_initialized(&url)?;
        if used {
            let words = format!("{url:?} holds data that the demo did not make. Choose another folder with --data.");
            return Err(CliError::Words(words));
        }
        println!("Loading the demo's past into {} …", config.server.data_dir.display());
        demo::make(&config, Clock::System.now()).await?;
        std::fs::write(&done, b"The demo's data has been loaded into this folder.\n")?;
    }
    let hangup = Hangup::listen();
    let app = open_or_create(&settings).await?;
    let bound = bind(app.clone())?;
    let address = bound.address()?;
    if !address.ip().is_loopback() {
        println!("Warning: {address} can be reached from other machines, and the demo's password is public.");
    }
    print_welcome(&format!("http://{address}"), &config);
    run(app, bound, hangup).await
}

fn print_welcome(base: &str, config: &Config) {
    let mail = config.server.data_dir.join("mail");
    println!("\nNorthwind Hosting is open:\n");
    println!("  for rights holders   {base}/");
    if let Some(path) = demo::customer_link(&mail) {
        println!("  for customers        {base}{path}");
    }
    println!("  for staff            {base}/staff/");
    println!("  letters are kept in  {}/  (newest last; each has the customer's link)", mail.display());
    println!("\nSign in as");
    for (email, name, role) in STAFF {
        let what = match *role {
            "agent" => "an agent",
            "lead" => "the second approver",
            "viewer" => "someone who only reads",
            _ => "the administrator",
        };
        println!("  {email:<26} {PASSWORD}   {name}, {what}");
    }
    println!("\nA web address of a demo customer to report:\n  {REPORT_THIS}");
    println!("\nStop with Ctrl-C. Delete {} to start over.", config.server.data_dir.display());
}
