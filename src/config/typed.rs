//! From settings as text to settings with types.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::settings::Reader;
use super::{
    Agent, Api, ClockRules, Config, ConfigError, Database, Dkim, ForwardedHeader, Host, Inbound, Intake, Mail, Probe,
    Record, Senders, Server, Settings, Smtp, SmtpSecurity, StaffRules, TrustedProxies, Webhooks,
};
use crate::domain::base::moment::Span;
use crate::domain::enforcement::policy::{Policy, Segment};
use crate::domain::senders::sender::Grade;
use crate::domain::senders::signal::Signal;
use crate::storage::DatabaseUrl;

impl Config {
    /// Types the settings; every wrong value is reported, not the first alone.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let mut read = settings.reader();
        let data_dir = PathBuf::from(read.text("server.data_dir"));
        let database = Database {
            url: read.parse::<DatabaseUrl>("database.url").unwrap_or_else(|| DatabaseUrl::in_folder(&data_dir)),
            connections: read.number("database.connections"),
            statement_cache: read.flag("database.statement_cache"),
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
            record: record(&mut read),
            mail: mail(&mut read),
            intake: Intake {
                max_locations: read.number("intake.max_locations"),
                max_body: read.number("intake.max_body"),
                read_timeout: read.span("intake.read_timeout"),
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
            clock: ClockRules {
                tolerance: read.span("clock.tolerance").max(Span::seconds(10)),
                settle: read.span("clock.settle"),
            },
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
                trusted_proxies: trusted_proxies(&mut read),
                forwarded_header: match read.text("server.forwarded_header").as_str() {
                    "forwarded" => ForwardedHeader::Forwarded,
                    _ => ForwardedHeader::XForwardedFor,
                },
                per_minute: read.number("server.per_minute"),
                patience: read.span("server.patience").max(Span::seconds(1)),
                metrics_token: read.text("server.metrics_token"),
                data_dir,
            },
            database,
        };
        read.finish().map(|()| config)
    }
}

fn public_url(read: &mut Reader<'_>) -> String {
    let set = read.text("server.public_url").trim_end_matches('/').to_owned();
    if set.is_empty() { format!("http://{}", read.text("server.listen")) } else { set }
}

fn trusted_proxies(read: &mut Reader<'_>) -> TrustedProxies {
    let one = if read.flag("server.behind_proxy") { TrustedProxies::Hops(1) } else { TrustedProxies::None };
    read.parse("server.trusted_proxies").unwrap_or(one)
}

fn record(read: &mut Reader<'_>) -> Record {
    let path = |text: String| (!text.is_empty()).then(|| PathBuf::from(text));
    Record {
        signing_key_file: path(read.text("record.signing_key_file")),
        digest_dir: path(read.text("record.digest_dir")),
        digest_email: read.optional_email("record.digest_email"),
    }
}

fn mail(read: &mut Reader<'_>) -> Mail {
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
        patience: read.span("mail.smtp_patience").clamp(Span::seconds(1), Span::minutes(1)),
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
        files_are_delivery: read.flag("mail.files_are_delivery"),
        dkim: (!dkim.domain.is_empty()).then_some(dkim),
        share_full_contact: read.flag("mail.share_full_contact"),
        link_lifetime: read.span("mail.link_lifetime"),
        counter_link_lifetime: read.span("mail.counter_link_lifetime"),
    }
}

fn senders(read: &mut Reader<'_>) -> Senders {
    let text = read.text("senders.review");
    let words = || text.split([',', ' ']).filter(|w| !w.is_empty());
    if words().any(|w| w.parse::<Signal>().is_err() && w.parse::<Grade>().is_err()) {
        read.refuse("senders.review", &text);
    }
    Senders {
        review_signals: words().filter_map(|w| w.parse().ok()).collect(),
        review_grades: words().filter_map(|w| w.parse().ok()).collect(),
        confirm_first: read.flag("senders.confirm_first"),
        customers_at_once: read.number("senders.customers_at_once"),
    }
}

fn policy(read: &mut Reader<'_>, settings: &Settings) -> Policy {
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
