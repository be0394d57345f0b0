//! What can be typed after `safeharbor`: commands, their options, and the help that explains them.

use crate::config::Settings;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::forget::Forget;
pub(super) use super::installation::Where;
use crate::storage::record::checkpoints::OutsideCheckpoint;

/// DMCA notice intake and takedown for hosting providers.
///
/// Rights holders report infringements on a web form; Safeharbor checks each notice against
/// 17 USC 512(c)(3), finds the customer whose material it is, forwards the notice with a deadline and a
/// link to answer, counts repeat violations, and puts accounts before staff, who decide.
///
/// Try it: `safeharbor demo`. For real: `safeharbor serve --config safeharbor.toml`.
#[derive(Debug, Parser)]
#[command(version, long_version = crate::build::version(), arg_required_else_help = true)]
pub struct Arguments {
    /// Configuration file (TOML); SAFEHARBOR_CONFIG names one too. See docs/configuration.md.
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start the web server and the jobs.
    ///
    /// The database is brought up to date first. Without DATABASE_URL or [database] url it is a file in the
    /// data folder. Without [mail] smtp_host letters are stored as files in <data>/mail/ and reach nobody.
    Serve(Listening),
    /// Try it: an invented host with customers, notices in every state and a few repeat infringers.
    ///
    /// Loads its data at the first start into ./data/demo and starts the web server. Letters are kept as
    /// .eml files in <data>/mail/; nothing is sent to anybody.
    Demo(Listening),
    /// Run the jobs only: letters, reminders, deadlines. Several workers can share one PostgreSQL database.
    ///
    /// With --listen it answers /healthz, /readyz and /metrics there, and nothing else; without, it has no address.
    Worker(Listening),
    /// Make the database, or bring it up to date, and stop.
    ///
    /// Of all other commands only serve and demo make one; the others end with 75 where there is none.
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
    /// SQLite: a consistent copy, checked. PostgreSQL: an archive of pg_dump. Never over a file that is there. Beside it
    /// FILE.manifest.json, with its digest: keep both together.
    /// The configuration and the keys it names are files of yours: back them up beside it.
    Backup {
        /// The file to write.
        file: PathBuf,
        #[command(flatten)]
        place: Where,
    },
    /// Put a backup back where no database is yet, and bring it up to date.
    ///
    /// Letters that were on their way when the backup was made are sent again, under the same Message-ID. The file must
    /// have the digest of its manifest, FILE.manifest.json, and be a database of a version that is known here.
    Restore {
        /// A file made by safeharbor backup.
        file: PathBuf,
        /// The SHA-256 that backup printed, where there is no manifest beside the file.
        #[arg(long, value_name = "HEX")]
        sha256: Option<String>,
        #[command(flatten)]
        place: Where,
    },
    /// Take things out of the database, for counsel.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Forget the private values of one person in the record: reasons, answers of mail servers, digests, account numbers.
    ///
    /// What happened stays, and each chain says how many values were forgotten, and why. Nothing else is touched.
    Forget(Forget),
    /// Check the hash chains of the record and the daily checkpoints, and what is stored against what they tell; name
    /// everything that does not fit.
    VerifyLog {
        /// Check an archive of evidence instead: digests of all files, and the chains of events in it. Needs no
        /// database.
        #[arg(long, value_name = "FILE")]
        archive: Option<PathBuf>,
        /// A checkpoint as it was kept outside the database (log, mail or file of that day): finds a record, or an
        /// archive, that was made anew as a whole.
        #[arg(long, value_name = "ID:DIGEST")]
        checkpoint: Option<OutsideCheckpoint>,
        /// With --archive: who may have signed it, as a file of allowed signers or a public key of OpenSSH.
        #[arg(long, value_name = "FILE", requires = "archive")]
        signers: Option<PathBuf>,
        #[command(flatten)]
        place: Where,
    },
}

/// Where to listen and where the data is.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Listening {
    /// Address to listen on [default: 127.0.0.1:8080; worker: none].
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,
    #[command(flatten)]
    pub(super) place: Where,
}

#[derive(Debug, Subcommand)]
pub(super) enum CustomersCommand {
    /// Import customers, contacts and assets from a CSV file.
    ///
    /// Columns by their heading: account, name, segment, contact_role, contact_name, contact_email,
    /// contact_phone, asset, valid_from, valid_until. Only account is needed on every line; name and segment
    /// on the first line of a new account. A line can carry a contact, an asset (host name, *.domain,
    /// host/path/, address or range), or both. A bad line is reported with its number and reason and the
    /// good ones are kept; importing the same file again changes nothing.
    ///
    /// Commas, semicolons, tabs and bars are found out, and so are UTF-8, UTF-16 and Windows-1252. An asset has one
    /// owner at a time: one that is another account's is taken over, and both accounts are named.
    Import {
        /// CSV file with a heading line.
        file: PathBuf,
        /// Which column is which, where the headings are others: --map account="Client ID" --map contact_email=E-mail.
        /// Columns that are not named are passed over.
        #[arg(long, value_name = "FIELD=HEADING")]
        map: Vec<String>,
        /// Say what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// End what is not in the file: assets and contacts of the accounts in it that it does not name, and all assets
        /// of accounts that are not in it (these stay, with their contacts). Nothing ends where a line is bad.
        #[arg(long)]
        sync: bool,
        /// With --sync: how much of all accounts, assets or contacts may end [default: a tenth; of few, ten, but not more
        /// than half]. Beyond that nothing is done.
        #[arg(long, value_name = "PERCENT", requires = "sync", value_parser = clap::value_parser!(u8).range(0..=100))]
        max_ended: Option<u8>,
        /// Leave an asset with the account that has it; such a line is bad.
        #[arg(long)]
        refuse_conflicts: bool,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ExportCommand {
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
pub(super) enum PolicyCommand {
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
pub(super) enum KeysCommand {
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

/// Somebody on the staff.
#[derive(Debug, Args)]
pub(super) struct Member {
    /// Email address they sign in with.
    pub(super) email: String,
    #[command(flatten)]
    pub(super) place: Where,
}

#[derive(Debug, Subcommand)]
pub(super) enum StaffCommand {
    /// List everybody who was ever on the staff, with role and access.
    List(Where),
    /// Somebody cannot sign in any more: sessions and second step end at once.
    Disable(Member),
    /// Somebody who was disabled can sign in again; a second step is set up anew.
    Enable(Member),
    /// Somebody is no longer on the staff; what they did stays on record. The last admin cannot be removed.
    Remove(Member),
    /// Take the second step of signing in away from somebody who lost telephone and recovery codes.
    ///
    /// Their sessions end; the record says that the operator did it.
    ResetSecondFactor {
        /// Email address they sign in with.
        email: String,
        #[command(flatten)]
        place: Where,
    },
    /// Add somebody, or change name, role and password of somebody with the same address.
    ///
    /// The password is asked for, or read from standard input when that is no terminal.
    Add {
        /// Email address to sign in with.
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

impl Listening {
    /// Puts it over what the configuration says.
    pub(in crate::cli) fn apply(&self, mut settings: Settings) -> Settings {
        if let Some(listen) = self.listen {
            settings.set("server.listen", listen.to_string());
        }
        settings
    }
}
