//! Settings: one TOML file, every key also as `SAFEHARBOR_<SECTION>__<KEY>`.
//!
//! `keys.rs` lists every key once, with its default and what is allowed; reading, error messages and
//! `docs/configuration.md` all come from that list.

mod keys;
mod kubernetes;
mod proxies;
mod reference;
mod settings;
mod spelling;
mod typed;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::tz::TimeZone;

pub use proxies::{ForwardedHeader, TrustedProxies};
pub use reference::reference;
pub use settings::{ConfigError, Environment, Settings};

use crate::domain::base::contact::EmailAddress;
use crate::domain::base::moment::Span;
use crate::domain::enforcement::policy::Policy;
use crate::domain::senders::sender::Grade;
use crate::domain::senders::signal::Signal;
use crate::storage::DatabaseUrl;

/// Everything that can be set, checked and typed.
#[derive(Clone, Debug)]
pub struct Config {
    pub host: Host,
    pub agent: Agent,
    pub server: Server,
    pub database: Database,
    pub record: Record,
    pub mail: Mail,
    pub intake: Intake,
    pub api: Api,
    pub inbound: Inbound,
    pub webhooks: Webhooks,
    pub senders: Senders,
    pub clock: ClockRules,
    pub probe: Probe,
    pub staff: StaffRules,
    /// First version of the policy; later versions live in the database.
    pub first_policy: Policy,
}

/// The hosting provider.
#[derive(Clone, Debug)]
pub struct Host {
    /// Name in titles and letters.
    pub name: String,
    /// Legal name, for the footer and the designation.
    pub legal_name: String,
    /// Where reports that are not about copyright go.
    pub abuse_email: EmailAddress,
}

/// The designated agent, 17 USC 512(c)(2).
#[derive(Clone, Debug)]
pub struct Agent {
    pub name: String,
    /// Postal address, one line each.
    pub address: Vec<String>,
    pub phone: String,
    pub email: EmailAddress,
    /// Number in the Copyright Office directory; empty where there is none.
    pub registration: String,
    /// Since when the designation is current, as text; empty where unknown.
    pub registered_on: String,
    /// Zone in which deadlines are told beside UTC.
    pub time_zone: TimeZone,
}

/// The web server.
#[derive(Clone)]
pub struct Server {
    pub listen: SocketAddr,
    /// Address people reach it under, without a trailing slash.
    pub public_url: String,
    pub data_dir: PathBuf,
    pub workers: usize,
    /// Whose word about the sender's address counts.
    pub trusted_proxies: TrustedProxies,
    /// Where they say it.
    pub forwarded_header: ForwardedHeader,
    /// Requests for pages from one address in a minute.
    pub per_minute: u32,
    /// Longest silence while a request arrives.
    pub patience: Span,
    /// Reads `/metrics`; empty for nobody but this machine, where [`Server::is_public_local`].
    pub metrics_token: String,
}

impl std::fmt::Debug for Server {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({}, {}, {})", self.listen, self.public_url, self.data_dir.display())
    }
}

impl Server {
    /// Whether people reach it over TLS.
    pub fn is_public_tls(&self) -> bool {
        self.public_url.starts_with("https://")
    }
    /// Whether the public address is one of this machine: nobody else comes in.
    pub fn is_public_local(&self) -> bool {
        let parsed = url::Url::parse(&self.public_url).ok();
        match parsed.as_ref().and_then(url::Url::host) {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct Database {
    pub url: DatabaseUrl,
    pub connections: u32,
    /// Statements and settings outlast a transaction; not so behind a pooler in transaction mode.
    pub statement_cache: bool,
}

/// The record and its proofs.
#[derive(Clone, Debug)]
pub struct Record {
    /// Key that signs; none for the one in the data folder.
    pub signing_key_file: Option<PathBuf>,
    /// Folder for the daily digest.
    pub digest_dir: Option<PathBuf>,
    /// Who gets the daily digest by mail.
    pub digest_email: Option<EmailAddress>,
}

/// Outgoing mail.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: EmailAddress,
    /// None: letters are written to `<data>/mail/`.
    pub smtp: Option<Smtp>,
    /// Without a mail server, a letter stored as a file counts as delivered.
    pub files_are_delivery: bool,
    pub dkim: Option<Dkim>,
    /// Show the complainant's telephone and postal address to the customer.
    pub share_full_contact: bool,
    pub link_lifetime: Span,
    /// Links in letters about disabled access.
    pub counter_link_lifetime: Span,
}

/// The mail server.
#[derive(Clone)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub username: String,
    pub password: String,
    pub connections: usize,
    /// Longest wait for the greeting, and for one letter.
    pub patience: Span,
    /// Further certificate authority, PEM.
    pub ca_file: Option<PathBuf>,
}

impl std::fmt::Debug for Smtp {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{}, {:?})", self.host, self.port, self.security)
    }
}

/// What is done about senders.
#[derive(Clone, Debug)]
pub struct Senders {
    /// Signals that put a notice before a person.
    pub review_signals: Vec<Signal>,
    /// Standings that do.
    pub review_grades: Vec<Grade>,
    /// An address that never was proved has to be confirmed.
    pub confirm_first: bool,
    /// Customers a day to whom a sender without a record is forwarded at once.
    pub customers_at_once: usize,
}

/// When the clock of the machine is believed.
#[derive(Clone, Copy, Debug)]
pub struct ClockRules {
    /// Further off the time that has passed is a jump.
    pub tolerance: Span,
    /// Running on evenly for this long after a jump, it is believed again.
    pub settle: Span,
}

/// Looking whether material is gone.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    pub enabled: bool,
    pub after: Span,
    pub allow_private: bool,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS, required.
    StartTls,
    /// None: only for a server on the same machine or network.
    None,
}

/// DKIM signing, RFC 6376.
#[derive(Clone, Debug)]
pub struct Dkim {
    pub domain: String,
    pub selector: String,
    /// Private key, PEM (PKCS#8 or PKCS#1 RSA, PKCS#8 Ed25519).
    pub key_file: PathBuf,
}

/// Limits of intake.
#[derive(Clone, Debug)]
pub struct Intake {
    pub max_locations: usize,
    pub max_body: usize,
    /// Longest time for reading one submission.
    pub read_timeout: Span,
    /// Notices one address can send in an hour through the public form.
    pub per_hour: u32,
}

/// The API.
#[derive(Clone, Debug)]
pub struct Api {
    /// Notices without a key are taken.
    pub anonymous: bool,
    /// Notices one address can send in an hour without a key.
    pub anonymous_per_hour: u32,
    /// Requests one key can make in a minute.
    pub per_minute: u32,
}

/// Incoming mail.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// Mailbox whose `+` extensions reach us; replies and bounces then name the letter they belong to.
    pub reply_address: Option<EmailAddress>,
    /// Where an MTA in front hands mail over by LMTP.
    pub lmtp_listen: Option<SocketAddr>,
    /// Largest message in bytes.
    pub max_message: usize,
    /// Check DKIM and DMARC against DNS.
    pub check_dkim: bool,
    /// Name in the `Authentication-Results` of our own mail server; empty to keep none.
    pub authserv_id: String,
}

/// Webhooks.
#[derive(Clone, Copy, Debug)]
pub struct Webhooks {
    /// Addresses that are not public may be called.
    pub allow_private: bool,
}

/// Rules for staff sign-in.
#[derive(Clone, Debug)]
pub struct StaffRules {
    pub session: Span,
    /// Failed sign-ins per address and minute.
    pub attempts_per_minute: u32,
    /// Everybody needs a second factor.
    pub second_factor: bool,
}

impl Config {
    /// Whether an address is one of our own mailboxes, with or without a `+` extension: what we write there
    /// comes back to us.
    pub fn is_own_address(&self, address: &EmailAddress) -> bool {
        let own = [Some(&self.mail.from), Some(&self.agent.email), self.inbound.reply_address.as_ref()];
        own.into_iter().flatten().any(|mine| address.mailbox() == mine.mailbox())
    }
}
