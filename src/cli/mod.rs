//! The command line.

mod backup;
mod customers;
mod demo;
mod doctor;
mod export;
mod intake;
mod keys;
mod policy;
mod serve;
mod staff;
mod supervisor;
mod verify_log;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

pub use customers::{Outcome, import_file};

use crate::app::{App, StartError};
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Environment, Settings};
use crate::entropy::Entropy;

/// DMCA notice intake and takedown for hosting providers.
///
/// Rights holders report infringements on a web form; Safeharbor checks each notice against
/// 17 USC 512(c)(3), finds the customer whose material it is, forwards the notice with a deadline and a
/// link to answer, counts repeat violations, and puts accounts before staff, who decide.
///
/// Try it: `safeharbor demo`. For real: `safeharbor serve --config safeharbor.toml`.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Arguments {
    /// Configuration file (TOML); SAFEHARBOR_CONFIG names one too. See docs/configuration.md.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the web server and the jobs.
    ///
    /// The database is brought up to date first. Without DATABASE_URL or [database] url it is a file in the
    /// data folder. Without [mail] smtp_host letters are kept as files in <data>/mail/.
    Serve(Where),
    /// Try it: an invented host with customers, notices in every state and a few repeat infringers.
    ///
    /// Loads its data at the first start into ./data/demo and starts the web server. Letters are kept as
    /// .eml files in <data>/mail/; nothing is sent to anybody.
    Demo(Where),
    /// Run the jobs only: letters, reminders, deadlines. Several workers can share one PostgreSQL database.
    Worker(Where),
    /// Bring the database up to date and stop.
    Migrate(Where),
    /// Customers, their contacts and assets.
    #[command(subcommand)]
    Customers(CustomersCommand),
    /// Staff who can sign in.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// The repeat-infringer policy.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Take in a notice from a file: JSON, or - for standard input.
    ///
    /// The file is JSON as at the API, ACNS XML, XARF JSON, or a mail; which one, its first bytes tell. The
    /// notice goes through the same validator as one from the form. What cannot be read as a notice is kept
    /// too, and a person is asked to look at it. Prints the reference, the class and the findings.
    Intake {
        /// The file, or - for standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
        /// Take it as one mail, as a mail server's pipe hands it over. Ends with 0 once the mail is kept, whatever
        /// it is, and with 75 (try again) where it could not be kept.
        #[arg(long)]
        mail: bool,
        /// Sender in the envelope; empty for a bounce. With --mail.
        #[arg(long, requires = "mail")]
        from: Option<String>,
        /// Receiver in the envelope; can be given several times. With --mail.
        #[arg(long, requires = "mail")]
        to: Vec<String>,
        #[command(flatten)]
        place: Where,
    },
    /// Keys of the API.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Check configuration, database, mail, agent data and clock, and say what to do.
    Doctor {
        /// Print the reference of all configuration keys (Markdown) instead.
        #[arg(long)]
        reference: bool,
        #[command(flatten)]
        place: Where,
    },
    /// Write everything that is in the database into one file, while the server runs.
    ///
    /// SQLite: a consistent copy, checked. PostgreSQL: an archive of pg_dump. Never over a file that is there.
    /// The configuration and the keys it names are files of yours: back them up beside it.
    Backup {
        /// The file to write.
        file: PathBuf,
        #[command(flatten)]
        place: Where,
    },
    /// Put a backup back where no database is yet, and bring it up to date.
    ///
    /// Letters that were on their way when the backup was made are sent again, under the same Message-ID.
    Restore {
        /// A file made by safeharbor backup.
        file: PathBuf,
        #[command(flatten)]
        place: Where,
    },
    /// Take things out of the database, for counsel.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Check the hash chains of the record and the daily checkpoints; name every row that does not fit.
    VerifyLog {
        /// Check an archive of evidence instead: digests of all files, and the chains of events in it. Needs no
        /// database.
        #[arg(long, value_name = "FILE")]
        archive: Option<PathBuf>,
        #[command(flatten)]
        place: Where,
    },
}

/// Where to listen and where the data is.
#[derive(Clone, Debug, Default, Args)]
struct Where {
    /// Address to listen on [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Folder of the embedded database and of letters kept as files [default: ./data; demo: ./data/demo].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum CustomersCommand {
    /// Import customers, contacts and assets from a CSV file.
    ///
    /// Columns by their heading: account, name, segment, contact_role, contact_name, contact_email,
    /// contact_phone, asset, valid_from, valid_until. Only account is needed on every line; name and segment
    /// on the first line of a new account. A line can carry a contact, an asset (host name, *.domain,
    /// host/path/, address or range), or both. A bad line is reported with its number and reason and the
    /// good ones are kept; importing the same file again changes nothing.
    Import {
        /// CSV file with a heading line.
        file: PathBuf,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Everything about one case as one ZIP archive.
    ///
    /// The notice as received, every letter with the server's answer, answers, counter-notices, court actions,
    /// files, events with their hashes, a readable summary as PDF, and a manifest with digests. The export is
    /// put on record.
    Case {
        /// Reference of the case.
        reference: String,
        /// File to write [default: <reference>-evidence.zip]. A file that is there is not touched.
        file: Option<PathBuf>,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Print the version in force.
    Show(Where),
    /// Publish what [policy] and [segments] of the configuration say as the next version.
    ///
    /// It is in force at once for new cases and strikes. What was counted or decided before keeps its
    /// version. The public page shows all versions with their reasons.
    Publish {
        /// What changed and why, for the public page and the record.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a key for a program. Its secret is printed once and cannot be shown again.
    Add {
        /// Who or what uses it: stands in the record beside everything done with it.
        name: String,
        /// What it may do, separated by commas: notices:read, notices:write, cases:read, cases:write,
        /// customers:read, customers:write, events:read, mail:write.
        #[arg(long)]
        scopes: String,
        /// When it ends, from now: 90d. Nothing: when it is revoked.
        #[arg(long)]
        expires: Option<String>,
        #[command(flatten)]
        place: Where,
    },
    /// List all keys.
    List(Where),
    /// Revoke a key at once.
    Revoke {
        /// Number of the key, from the list.
        id: i64,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Take the second step of signing in away from somebody who lost telephone and recovery codes.
    ///
    /// Their sessions end; the record says that the operator did it.
    ResetSecondFactor {
        /// Mail address they sign in with.
        email: String,
        #[command(flatten)]
        place: Where,
    },
    /// Add somebody, or change name, role and password of somebody with the same address.
    ///
    /// The password is asked for, or read from standard input when that is no terminal.
    Add {
        /// Mail address to sign in with.
        email: String,
        /// Full name: decisions and the record carry it.
        #[arg(long)]
        name: String,
        /// viewer reads; agent works on cases; lead approves decisions; admin may do everything.
        #[arg(long, default_value = "agent")]
        role: String,
        #[command(flatten)]
        place: Where,
    },
}

/// Why a command failed, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("{0}")]
    Action(#[from] crate::actions::ActionError),
    #[error("{0}")]
    Storage(#[from] crate::storage::StorageError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Words(String),
}

/// Runs a command.
pub fn run(arguments: Arguments, environment: &Environment) -> ExitCode {
    // The demo talks to a person at a terminal; the others to a log.
    let usual = if matches!(arguments.command, Command::Demo(_)) { "error" } else { "warn,safeharbor=info" };
    start_log(environment, usual);
    supervisor::open_files();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
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
            ExitCode::FAILURE
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
        Command::Serve(place) => serve::serve(&settings(&place)?).await,
        Command::Demo(place) => demo::demo(settings(&place)?).await,
        Command::Worker(place) => serve::worker(&settings(&place)?).await,
        Command::Migrate(place) => serve::migrate(&settings(&place)?),
        Command::Customers(CustomersCommand::Import { file, place }) => {
            customers::import(&settings(&place)?, &file).await
        }
        Command::Staff(StaffCommand::ResetSecondFactor { email, place }) => {
            staff::reset_second_factor(&settings(&place)?, &email).await
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
        Command::Restore { file, place } => backup::restore(&settings(&place)?, &file),
        Command::Export(ExportCommand::Case { reference, file, place }) => {
            export::case(&settings(&place)?, &reference, file.as_deref()).await
        }
        Command::VerifyLog { archive: Some(file), .. } => export::check(&file),
        Command::VerifyLog { archive: None, place } => verify_log::verify_log(&settings(&place)?).await,
    }
}

impl Where {
    fn apply(&self, settings: &mut Settings) {
        if let Some(listen) = self.listen {
            settings.set("server.listen", listen.to_string());
        }
        if let Some(data) = &self.data {
            settings.set("server.data_dir", data.display().to_string());
        }
    }
}

/// Opens the application as configured.
async fn open(settings: &Settings) -> Result<App, CliError> {
    let config = Config::from_settings(settings)?;
    Ok(App::start(config, Clock::System, Entropy::from_os()).await?)
}
