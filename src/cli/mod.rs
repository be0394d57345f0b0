//! The command line.

/// As the standard macro, with what would steer a terminal written out: names and addresses of strangers are printed.
macro_rules! println {
    () => { std::println!() };
    ($($words:tt)*) => { std::println!("{}", $crate::domain::base::visible::visible(&std::format!($($words)*))) };
}

/// As the standard macro, with what would steer a terminal written out.
macro_rules! eprintln {
    ($($words:tt)*) => { std::eprintln!("{}", $crate::domain::base::visible::visible(&std::format!($($words)*))) };
}

mod arguments;
mod backup;
mod customers;
mod database;
mod demo;
mod doctor;
mod error;
mod export;
mod forget;
mod installation;
mod intake;
mod keys;
mod new_file;
mod policy;
mod serve;
mod staff;
mod supervisor;
mod verify_log;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

pub use arguments::Arguments;
pub use customers::{Outcome, import_file};
pub use error::CliError;

use arguments::{Command, CustomersCommand, ExportCommand, KeysCommand, PolicyCommand, StaffCommand, Where};

use crate::config::{Environment, Settings};

/// Most threads on which jobs wait for files, or for PostgreSQL: each holds memory of its own for as long as it lives.
const BLOCKING_THREADS: usize = 16;

/// Runs a command.
pub fn run(arguments: Arguments, environment: &Environment) -> ExitCode {
    // The demo talks to a person at a terminal; the others to a log.
    let usual = if matches!(arguments.command, Command::Demo(_)) { "error" } else { "warn,safeharbor=info" };
    start_log(environment, usual);
    supervisor::keep_files_private();
    supervisor::open_files();
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let runtime = match threads.max_blocking_threads(BLOCKING_THREADS).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("safeharbor: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(dispatch(arguments, environment));
    // Blocking threads (a password prompt, a database call) must not keep the process alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("safeharbor: {error}");
            error.exit_code()
        }
    }
}

/// The log goes to standard error: lines for people, or one JSON object a line for programs.
fn start_log(environment: &Environment, usual: &str) {
    let filter = environment.get("SAFEHARBOR_LOG").map_or(usual, String::as_str);
    let log = tracing_subscriber::fmt()
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info")))
        // A line that cannot be written, to a full disk, is lost; complaining about it would end the request instead.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    if environment.get("SAFEHARBOR_LOG_FORMAT").is_some_and(|f| f == "json") {
        log.json().init();
    } else {
        log.init();
    }
}

async fn dispatch(arguments: Arguments, environment: &Environment) -> Result<ExitCode, CliError> {
    let file = arguments.config.or_else(|| environment.get("SAFEHARBOR_CONFIG").map(PathBuf::from));
    let settings = |place: &Where| -> Result<Settings, CliError> {
        let mut settings = Settings::read(file.as_deref(), environment)?;
        place.apply(&mut settings);
        Ok(settings)
    };
    match arguments.command {
        Command::Serve(at) => serve::serve(&at.apply(settings(&at.place)?)).await,
        Command::Demo(at) => demo::demo(at.apply(settings(&at.place)?)).await,
        Command::Worker(at) => serve::worker(&at.apply(settings(&at.place)?), at.listen.is_some()).await,
        Command::Migrate(place) => serve::migrate(&settings(&place)?),
        Command::Customers(CustomersCommand::Import {
            file,
            map,
            dry_run,
            sync,
            max_ended,
            refuse_conflicts,
            place,
        }) => {
            let options = customers::ImportOptions { map, dry_run, sync, max_ended, refuse_conflicts };
            customers::import(&settings(&place)?, &file, &options).await
        }
        Command::Staff(StaffCommand::ResetSecondFactor { email, place }) => {
            staff::reset_second_factor(&settings(&place)?, &email).await
        }
        Command::Staff(StaffCommand::List(place)) => staff::list(&settings(&place)?).await,
        Command::Staff(StaffCommand::Disable(one)) => {
            staff::change(&settings(&one.place)?, &one.email, staff::Access::Disable).await
        }
        Command::Staff(StaffCommand::Enable(one)) => {
            staff::change(&settings(&one.place)?, &one.email, staff::Access::Enable).await
        }
        Command::Staff(StaffCommand::Remove(one)) => {
            staff::change(&settings(&one.place)?, &one.email, staff::Access::Remove).await
        }
        Command::Staff(StaffCommand::Add { email, name, role, place }) => {
            staff::add(&settings(&place)?, &email, &name, &role).await
        }
        Command::Policy(PolicyCommand::Show(place)) => policy::show(&settings(&place)?).await,
        Command::Policy(PolicyCommand::Publish { reason, place }) => policy::publish(&settings(&place)?, reason).await,
        Command::Keys(KeysCommand::Add { name, scopes, expires, place }) => {
            keys::add(&settings(&place)?, &name, &scopes, expires.as_deref()).await
        }
        Command::Keys(KeysCommand::List(place)) => keys::list(&settings(&place)?).await,
        Command::Keys(KeysCommand::Revoke { id, place }) => keys::revoke(&settings(&place)?, id).await,
        Command::Intake { file, mail: false, place, .. } => intake::intake(&settings(&place)?, &file).await,
        Command::Intake { file, from, to, place, .. } => intake::intake_mail(settings(&place), &file, from, &to).await,
        Command::Doctor { reference: true, .. } => {
            print!("{}", crate::config::reference());
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor { place, .. } => doctor::doctor(file.as_deref(), environment, &place).await,
        Command::Backup { file, place } => backup::backup(&settings(&place)?, &file),
        Command::Restore { file: backup, sha256, place } => {
            let named = named(file.as_deref(), place.data.as_deref());
            backup::restore(&settings(&place)?, &backup, sha256.as_deref(), &named)
        }
        Command::Export(ExportCommand::Case { reference, file, place }) => {
            export::case(&settings(&place)?, &reference, file.as_deref()).await
        }
        Command::Forget(what) => forget::forget(&settings(&what.place)?, what).await,
        Command::VerifyLog { archive: Some(file), checkpoint, signers, .. } => {
            export::check(&file, checkpoint, signers.as_deref())
        }
        Command::VerifyLog { archive: None, checkpoint, place, .. } => {
            verify_log::verify_log(&settings(&place)?, checkpoint).await
        }
    }
}

/// The options that name the installation, as they were given: to be copied into another command.
fn named(config: Option<&Path>, data: Option<&Path>) -> String {
    let option =
        |name: &str, path: Option<&Path>| path.map_or_else(String::new, |p| format!(" --{name} {}", p.display()));
    option("config", config) + &option("data", data)
}
