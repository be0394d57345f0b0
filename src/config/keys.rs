//! Every key, once: name, what it accepts, default, meaning.

use super::value::Kind;

/// One key of the configuration.
pub struct Key {
    /// Section and name, `server.listen`; `segments.*.deadline` stands for every segment.
    pub name: &'static str,
    pub kind: Kind,
    pub default: &'static str,
    pub about: &'static str,
    /// Never printed.
    pub secret: bool,
}

const fn key(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Key {
    Key { name, kind, default, about, secret: false }
}

const fn secret(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, default: "", about, secret: true }
}

/// All keys in the order of the reference.
pub const KEYS: &[Key] = &[
    key("host.name", Kind::Text, "Example Hosting", "Name of the hosting provider in titles and letters."),
    key("host.legal_name", Kind::Text, "Example Hosting, Inc.", "Legal name of the service provider."),
    key("host.abuse_email", Kind::Email, "abuse@host.example", "Where reports that are not about copyright go."),
    key(
        "agent.name",
        Kind::Text,
        "Copyright Agent",
        "Designated agent: a person, a title or a department (37 CFR 201.38).",
    ),
    key(
        "agent.address",
        Kind::Text,
        "1 Example Street|Portland, ME 04101|United States",
        "Postal address of the agent; lines are separated by |.",
    ),
    key("agent.phone", Kind::Text, "+1 207 555 0100", "Telephone number of the agent."),
    key("agent.email", Kind::Email, "copyright@host.example", "Email address of the agent."),
    key("agent.registration", Kind::Text, "", "Number of the designation in the Copyright Office directory."),
    key(
        "agent.registered_on",
        Kind::Text,
        "",
        "Date of the last registration or renewal, as it should be shown; a designation ends three years later.",
    ),
    key("agent.time_zone", Kind::Zone, "America/New_York", "Zone in which deadlines are shown beside UTC."),
    key(
        "clock.tolerance",
        Kind::Duration,
        "5m",
        "A clock that leaves the time that has passed by more than this is not believed; what ends things waits.",
    ),
    key(
        "clock.settle",
        Kind::Duration,
        "24h",
        "A clock that has run on evenly for this long after a jump is believed again, unless it is more than a day ahead.",
    ),
    key("server.listen", Kind::Address, "127.0.0.1:8080", "Address the web server listens on."),
    key(
        "server.public_url",
        Kind::Url,
        "",
        "Address people reach it under; links in letters begin with it. Nothing: the listening address.",
    ),
    key(
        "server.data_dir",
        Kind::Path,
        "./data",
        "Folder of the embedded database and of letters kept as files. A relative one begins at the folder of the configuration file.",
    ),
    key("server.workers", Kind::Number(1, 64), "2", "Threads that answer requests."),
    key(
        "server.behind_proxy",
        Kind::Flag,
        "false",
        "One proxy is in front: the same as trusted_proxies = \"1\". Only behind a proxy that adds to X-Forwarded-For.",
    ),
    key(
        "server.trusted_proxies",
        Kind::Text,
        "",
        "Proxies in front: how many (each adds one entry), or their networks, like \"10.0.0.0/8, 2001:db8::/32\". The sender's address is counted from the right over all lines of the header. Nothing: the peer's address, unless behind_proxy.",
    ),
    key(
        "server.forwarded_header",
        Kind::OneOf(&["x-forwarded-for", "forwarded"]),
        "x-forwarded-for",
        "Header in which the proxies name the address a request came from; Forwarded is RFC 7239. The other one is not read.",
    ),
    key(
        "server.per_minute",
        Kind::Number(10, 1_000_000),
        "1200",
        "Requests from one address (of IPv6: one /64) in a minute, for pages and to the API without a working key; notices and sign-ins have limits of their own.",
    ),
    key(
        "server.patience",
        Kind::Duration,
        "30s",
        "Longest silence while a request arrives; all of it must be there within ten times that, batches of the API excepted.",
    ),
    secret(
        "server.metrics_token",
        Kind::Text,
        "Bearer token that reads /metrics. Without one only this machine can, directly, and only while public_url is on this machine too: behind a proxy here, everybody seems to be.",
    ),
    secret("database.url", Kind::Database, "PostgreSQL or another SQLite file. DATABASE_URL sets it too."),
    key(
        "database.connections",
        Kind::Number(2, 200),
        "8",
        "Connections to the database for reading (and, on PostgreSQL, writing).",
    ),
    key(
        "database.statement_cache",
        Kind::Flag,
        "true",
        "Keep statements prepared on a connection of PostgreSQL. Switch it off behind a pooler that shares server processes between transactions, such as PgBouncer with pool_mode = transaction.",
    ),
    key(
        "record.signing_key_file",
        Kind::Text,
        "",
        "Ed25519 key of OpenSSH without a passphrase that signs the daily digest of the record and archives of evidence. Nothing: <data>/record_signing_key, made at the first start.",
    ),
    key(
        "record.digest_dir",
        Kind::Text,
        "",
        "Folder for the signed digest of the record, one file a day; best on another machine. Nothing: none is written.",
    ),
    key(
        "record.digest_email",
        Kind::Email,
        "",
        "Email address to which the signed digest of the record goes once a day. Nothing: none is sent.",
    ),
    key("mail.from", Kind::Email, "copyright@host.example", "Sender of all letters."),
    key(
        "mail.smtp_host",
        Kind::Text,
        "",
        "Mail server. Nothing: letters are saved as files in <data>/mail/ and not sent, so no deadline runs.",
    ),
    key(
        "mail.files_are_delivery",
        Kind::Flag,
        "false",
        "Without a mail server, count a letter stored as a file as delivered: for demonstrations and tests alone.",
    ),
    key("mail.smtp_port", Kind::Number(1, 65535), "465", "Port of the mail server."),
    key(
        "mail.smtp_security",
        Kind::OneOf(&["tls", "starttls", "none"]),
        "tls",
        "TLS from the first byte, STARTTLS (required), or none for a server on the same machine.",
    ),
    key("mail.smtp_username", Kind::Text, "", "User name for the mail server; nothing to send without signing in."),
    secret("mail.smtp_password", Kind::Text, "Password for the mail server."),
    key("mail.smtp_connections", Kind::Number(1, 64), "4", "Connections kept open to the mail server."),
    key(
        "mail.smtp_patience",
        Kind::Duration,
        "1m",
        "Longest wait for the mail server to greet, and to take one letter; at most a minute counts.",
    ),
    key("mail.smtp_ca_file", Kind::Path, "", "Certificate authority of the mail server (PEM), beside the public ones."),
    key("mail.dkim_domain", Kind::Text, "", "Domain that signs letters (DKIM, RFC 6376). Nothing: not signed."),
    key("mail.dkim_selector", Kind::Text, "safeharbor", "Selector of the signing key."),
    key("mail.dkim_key_file", Kind::Path, "", "Private key: RSA or Ed25519, PEM."),
    key(
        "mail.share_full_contact",
        Kind::Flag,
        "false",
        "Give the customer the complainant's telephone and postal address too.",
    ),
    key(
        "mail.link_lifetime",
        Kind::Duration,
        "30d",
        "How long a customer's links work; a complainant's status link works for a year.",
    ),
    key(
        "mail.counter_link_lifetime",
        Kind::Duration,
        "365d",
        "How long the link in a letter about disabled access works; the statute sets no limit for a counter-notice.",
    ),
    key("intake.max_locations", Kind::Number(1, 50_000), "10000", "Most locations in one notice."),
    key("intake.max_body", Kind::Number(10_000, 1_000_000_000), "8000000", "Largest request body in bytes."),
    key(
        "intake.read_timeout",
        Kind::Duration,
        "20s",
        "Longest time for reading one submission. What takes longer is kept unread, and staff are asked to look at it.",
    ),
    key(
        "intake.per_hour",
        Kind::Number(1, 1_000_000),
        "60",
        "Notices one network address can send in an hour through the form.",
    ),
    key("api.anonymous", Kind::Flag, "true", "Take notices at the API without a key, as the form does."),
    key(
        "api.anonymous_per_hour",
        Kind::Number(1, 1_000_000),
        "20",
        "Notices one network address can send in an hour at the API without a key.",
    ),
    key(
        "api.per_minute",
        Kind::Number(1, 10_000_000),
        "1200",
        "Requests one API key can make in a minute; a batch is one.",
    ),
    key(
        "inbound.reply_address",
        Kind::Email,
        "",
        "Mailbox whose + extensions are handed to Safeharbor. Letters then ask for replies and bounces at copyright+…@host.example. Nothing: replies go to mail.from.",
    ),
    key(
        "inbound.lmtp_listen",
        Kind::Address,
        "",
        "Address at which a mail server in front hands mail over by LMTP (RFC 2033), say 127.0.0.1:2424. Nothing: off. It takes mail from whoever reaches it.",
    ),
    key("inbound.max_message", Kind::Number(100_000, 1_000_000_000), "25000000", "Largest incoming message in bytes."),
    key(
        "inbound.authserv_id",
        Kind::Text,
        "",
        "Name your mail server writes into Authentication-Results (RFC 8601); its SPF, DKIM and DMARC results are kept as facts. Nothing: none are kept.",
    ),
    key(
        "inbound.check_dkim",
        Kind::Flag,
        "false",
        "Check DKIM signatures of incoming mail, and DMARC by them, against the DNS servers of the system, and keep the results as facts; they count where Authentication-Results say nothing.",
    ),
    key(
        "webhooks.allow_private",
        Kind::Flag,
        "false",
        "Call webhooks at private, loopback and link-local addresses, and without TLS.",
    ),
    key(
        "senders.review",
        Kind::Text,
        "restricted,mail_unauthenticated",
        "Signals and standings of senders, separated by commas, that put a complete notice before a person before it is forwarded: free_mail_brand, many_names, payment_demand, same_body, mail_unauthenticated, burst; first, watch, restricted. It is never refused.",
    ),
    key(
        "senders.confirm_first",
        Kind::Flag,
        "true",
        "Ask a sender whose email address was never proved (docs/legal-rules.md, Senders), whatever way the notice came, to confirm it by a link before the notice is forwarded. What is not confirmed within a day, or cannot be, is put before a person.",
    ),
    key(
        "senders.customers_at_once",
        Kind::Number(1, 1_000_000),
        "5",
        "Customers a day that a sender without an API key and without a record of proved notices may reach before a person looks first.",
    ),
    key(
        "probe.enabled",
        Kind::Flag,
        "false",
        "Look by HTTP whether addresses that were removed, disabled or restored answer, and keep what was seen as evidence.",
    ),
    key(
        "probe.after",
        Kind::Duration,
        "30m",
        "How long after a removal, a disabling or a restoring the look is taken.",
    ),
    key(
        "probe.allow_private",
        Kind::Flag,
        "false",
        "Look at private, loopback and link-local addresses too. For tests on one machine.",
    ),
    key("staff.session", Kind::Duration, "8h", "How long a sign-in lasts."),
    key(
        "staff.second_factor",
        Kind::Flag,
        "false",
        "Everyone needs a second step to sign in, a code from an authenticator app; those without one set it up first. Otherwise it is optional.",
    ),
    key(
        "staff.attempts_per_minute",
        Kind::Number(1, 1000),
        "10",
        "Sign-in attempts in a minute for one account from one network (of IPv6: one /64); ten times as many from one network for all accounts, and forty times as many in an hour for one account from everywhere. A browser that signed in before has a count of its own.",
    ),
    key("policy.strike_expiry", Kind::Duration, "180d", "First policy: how long a strike counts."),
    key(
        "policy.window",
        Kind::Duration,
        "180d",
        "First policy: strikes received within this period reach the threshold.",
    ),
    key(
        "policy.incident_window",
        Kind::Duration,
        "0s",
        "First policy: notices within this time of an incident's first notice belong to it, beside those received before the customer was notified and those about the same material.",
    ),
    key(
        "policy.unanswered_flag",
        Kind::Number(0, 1000),
        "3",
        "First policy: unanswered cases within the window that bring an account before staff; 0 switches it off.",
    ),
    key("policy.second_approver", Kind::Flag, "true", "First policy: suspension and termination need a second person."),
    key("policy.extension", Kind::Duration, "48h", "First policy: length of the one extension a customer can take."),
    key(
        "policy.objection_period",
        Kind::Duration,
        "14d",
        "First policy: how long a customer can object to a decision.",
    ),
    key("segments.*.label", Kind::Text, "", "How the segment is called; nothing: its name."),
    key("segments.*.deadline", Kind::Duration, "48h", "First policy: time to answer a notice."),
    key(
        "segments.*.threshold",
        Kind::Number(1, 1000),
        "3",
        "First policy: strikes that bring an account before staff.",
    ),
    key("segments.*.downstream_provider", Kind::Flag, "false", "Its customers have customers of their own."),
];

/// Segments of an installation that names none: section, label, deadline, threshold, downstream provider.
pub const SEGMENTS: &[(&str, &str, &str, &str, &str)] = &[
    ("shared", "Shared hosting", "48h", "3", "false"),
    ("vps", "Virtual servers", "48h", "5", "false"),
    ("dedicated", "Dedicated servers", "24h", "5", "false"),
    ("reseller", "Resellers", "72h", "10", "true"),
];

/// The key a name falls under: itself, or with the segment's name replaced by `*`.
pub fn find(name: &str) -> Option<&'static Key> {
    let general = match name.split('.').collect::<Vec<_>>().as_slice() {
        ["segments", segment, field] if is_segment_name(segment) => format!("segments.*.{field}"),
        _ => name.to_owned(),
    };
    KEYS.iter().find(|key| key.name == general)
}

/// Segment names are lower-case words, so that they can stand in a variable's name.
fn is_segment_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
