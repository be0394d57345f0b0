//! Settings: one TOML file, every key also as `SAFEHARBOR_<SECTION>__<KEY>`.
//!
//! `keys.rs` lists every key once, with its default and what is allowed; reading, error messages and
//! `docs/configuration.md` all come from that list.

mod keys;
mod reference;
mod settings;
mod value;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::tz::TimeZone;

pub use reference::reference;
pub use settings::{ConfigError, Environment, Settings};

use crate::domain::contact::EmailAddress;
use crate::domain::moment::Span;
use crate::domain::policy::{Policy, Segment};
use crate::domain::sender::Grade;
use crate::domain::signal::Signal;
use crate::storage::DatabaseUrl;

/// Everything that can be set, checked and typed.
#[derive(Clone, Debug)]
pub struct Config {
    pub host: Host,
    pub agent: Agent,
    pub server: Server,
    pub database: Database,
    pub mail: Mail,
    pub intake: Intake,
    pub api: Api,
    pub inbound: Inbound,
    pub webhooks: Webhooks,
    pub senders: Senders,
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
#[derive(Clone, Debug)]
pub struct Server {
    pub listen: SocketAddr,
    /// Address people reach it under, without a trailing slash.
    pub public_url: String,
    pub data_dir: PathBuf,
    pub workers: usize,
    /// Take the sender's address from the last `X-Forwarded-For` entry.
    pub behind_proxy: bool,
    /// Requests for pages from one address in a minute.
    pub per_minute: u32,
    /// Longest silence while a request arrives.
    pub patience: Span,
    /// Reads `/metrics` from elsewhere; empty for nobody.
    pub metrics_token: String,
}

impl Server {
    /// Whether people reach it over TLS.
    pub fn is_public_tls(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct Database {
    pub url: DatabaseUrl,
    pub connections: u32,
}

/// Outgoing mail.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: EmailAddress,
    /// None: letters are written to `<data>/mail/`.
    pub smtp: Option<Smtp>,
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
    /// Ask first-time senders of the form to confirm their mail address.
    pub confirm_first: bool,
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
    /// Types the settings; every wrong value is reported, not the first alone.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let mut read = settings.reader();
        let data_dir = PathBuf::from(read.text("server.data_dir"));
        let database = Database {
            url: read.parse::<DatabaseUrl>("database.url").unwrap_or_else(|| DatabaseUrl::in_folder(&data_dir)),
            connections: read.number("database.connections"),
        };
        let config = Self {
            host: Host {
                name: read.text("host.name"),
                legal_name: read.text("host.legal_name"),
                abuse_email: read.email("host.abuse_email"),
            },
            agent: Agent {
                name: read.text("agent.name"),
                address: read.text("agent.address").split('|').map(|l| l.trim().to_owned()).collect(),
                phone: read.text("agent.phone"),
                email: read.email("agent.email"),
                registration: read.text("agent.registration"),
                registered_on: read.text("agent.registered_on"),
                time_zone: read.zone("agent.time_zone"),
            },
            mail: mail(&mut read),
            intake: Intake {
                max_locations: read.number("intake.max_locations"),
                max_body: read.number("intake.max_body"),
                per_hour: read.number("intake.per_hour"),
            },
            api: Api {
                anonymous: read.flag("api.anonymous"),
                anonymous_per_hour: read.number("api.anonymous_per_hour"),
                per_minute: read.number("api.per_minute"),
            },
            inbound: Inbound {
                reply_address: read.optional_email("inbound.reply_address"),
                lmtp_listen: read.parse("inbound.lmtp_listen"),
                max_message: read.number("inbound.max_message"),
                check_dkim: read.flag("inbound.check_dkim"),
                authserv_id: read.text("inbound.authserv_id"),
            },
            webhooks: Webhooks { allow_private: read.flag("webhooks.allow_private") },
            senders: senders(&mut read),
            probe: Probe {
                enabled: read.flag("probe.enabled"),
                after: read.span("probe.after"),
                allow_private: read.flag("probe.allow_private"),
            },
            staff: StaffRules {
                session: read.span("staff.session"),
                attempts_per_minute: read.number("staff.attempts_per_minute"),
                second_factor: read.flag("staff.second_factor"),
            },
            first_policy: policy(&mut read, settings),
            server: Server {
                listen: read.address("server.listen"),
                public_url: public_url(&mut read),
                workers: read.number("server.workers"),
                behind_proxy: read.flag("server.behind_proxy"),
                per_minute: read.number("server.per_minute"),
                patience: read.span("server.patience"),
                metrics_token: read.text("server.metrics_token"),
                data_dir,
            },
            database,
        };
        read.finish().map(|()| config)
    }

    /// Whether an address is one of our own mailboxes, with or without a `+` extension: what we write there
    /// comes back to us.
    pub fn is_own_address(&self, address: &EmailAddress) -> bool {
        let own = [Some(&self.mail.from), Some(&self.agent.email), self.inbound.reply_address.as_ref()];
        own.into_iter().flatten().any(|mine| address.plain() == mine.plain())
    }
}

fn public_url(read: &mut settings::Reader<'_>) -> String {
    let set = read.text("server.public_url").trim_end_matches('/').to_owned();
    if set.is_empty() { format!("http://{}", read.text("server.listen")) } else { set }
}

fn mail(read: &mut settings::Reader<'_>) -> Mail {
    let host = read.text("mail.smtp_host");
    let ca_file = read.text("mail.smtp_ca_file");
    let security = match read.text("mail.smtp_security").as_str() {
        "tls" => SmtpSecurity::Tls,
        "starttls" => SmtpSecurity::StartTls,
        _ => SmtpSecurity::None,
    };
    let smtp = Smtp {
        port: read.number("mail.smtp_port"),
        security,
        username: read.text("mail.smtp_username"),
        password: read.text("mail.smtp_password"),
        connections: read.number("mail.smtp_connections"),
        // The lease of a round of letters is made for a minute.
        patience: read.span("mail.smtp_patience").min(Span::minutes(1)),
        ca_file: (!ca_file.is_empty()).then(|| PathBuf::from(ca_file)),
        host,
    };
    let dkim = Dkim {
        domain: read.text("mail.dkim_domain"),
        selector: read.text("mail.dkim_selector"),
        key_file: PathBuf::from(read.text("mail.dkim_key_file")),
    };
    Mail {
        from: read.email("mail.from"),
        smtp: (!smtp.host.is_empty()).then_some(smtp),
        dkim: (!dkim.domain.is_empty()).then_some(dkim),
        share_full_contact: read.flag("mail.share_full_contact"),
        link_lifetime: read.span("mail.link_lifetime"),
        counter_link_lifetime: read.span("mail.counter_link_lifetime"),
    }
}

fn senders(read: &mut settings::Reader<'_>) -> Senders {
    let text = read.text("senders.review");
    let words = || text.split([',', ' ']).filter(|w| !w.is_empty());
    if words().any(|w| w.parse::<Signal>().is_err() && w.parse::<Grade>().is_err()) {
        read.refuse("senders.review", &text);
    }
    Senders {
        review_signals: words().filter_map(|w| w.parse().ok()).collect(),
        review_grades: words().filter_map(|w| w.parse().ok()).collect(),
        confirm_first: read.flag("senders.confirm_first"),
    }
}

fn policy(read: &mut settings::Reader<'_>, settings: &Settings) -> Policy {
    let mut segments = BTreeMap::new();
    for name in settings.segments() {
        let key = |field: &str| format!("segments.{name}.{field}");
        let label = read.text(&key("label"));
        let segment = Segment {
            label: if label.is_empty() { name.clone() } else { label },
            deadline: read.span(&key("deadline")),
            threshold: read.number(&key("threshold")),
            downstream_provider: read.flag(&key("downstream_provider")),
        };
        segments.insert(name, segment);
    }
    Policy {
        strike_expiry: read.span("policy.strike_expiry"),
        window: read.span("policy.window"),
        incident_window: read.span("policy.incident_window"),
        unanswered_flag: read.number("policy.unanswered_flag"),
        second_approver: read.flag("policy.second_approver"),
        extension: read.span("policy.extension"),
        objection_period: read.span("policy.objection_period"),
        segments,
    }
}
