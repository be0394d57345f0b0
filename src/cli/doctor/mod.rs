//! `doctor`: checks everything an operator can get wrong and says what to do.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::time::timeout;

use crate::cli::arguments::Where;
use crate::cli::error::CliError;

mod files;
mod program;
mod report;

use crate::clock::Clock;
use crate::config::{Config, Environment, Settings};
use crate::domain::base::moment::{Moment, plural};
use crate::domain::customers::asset::Asset;
use crate::mail::authenticate::Checker;
use crate::mail::dkim::Signer;
use crate::mail::smtp::Pool;
use crate::storage::access::staff;
use crate::storage::customers::assets;
use crate::storage::enforcement::standings;
use crate::storage::engine::{clock_doubts, installation, migrations, presence};
use crate::storage::{Db, StorageError};
use report::Report;

/// Checks configuration, database, mail, agent and clock. Exit code 2 when something is wrong.
pub(super) async fn doctor(
    file: Option<&Path>,
    environment: &Environment,
    place: &Where,
) -> Result<ExitCode, CliError> {
    let mut report = Report::default();
    let settings = Settings::read(file, environment).map(|mut s| {
        place.apply(&mut s);
        s
    });
    let config = settings
        .as_ref()
        .map_err(ToString::to_string)
        .and_then(|s| Config::from_settings(s).map_err(|e| e.to_string()));
    match (config, settings) {
        (Ok(config), Ok(settings)) => {
            report.good(
                "configuration",
                &file.map_or("defaults and environment".to_owned(), |f| f.display().to_string()),
            );
            program::check(&mut report, &config);
            agent(&mut report, &settings);
            server(&mut report, &config);
            files::check(&mut report, &config, file);
            mail(&mut report, &config).await;
            inbound(&mut report, &config);
            database(&mut report, &config).await;
            clock(&mut report);
        }
        (Err(words), _) => report.bad("configuration", &words),
        (_, Err(error)) => report.bad("configuration", &error.to_string()),
    }
    match report.wrong {
        0 => println!("Nothing is wrong."),
        1 => println!("1 problem to fix."),
        n => println!("{n} problems to fix."),
    }
    Ok(if report.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

fn agent(report: &mut Report, settings: &Settings) {
    let needed = ["host.name", "host.legal_name", "agent.name", "agent.address", "agent.phone", "agent.email"];
    let missing: Vec<&str> = needed.into_iter().filter(|key| !settings.is_set(key)).collect();
    if missing.is_empty() {
        report.good("agent", "name, address, telephone, and email are set, 17 USC 512(c)(2)");
    } else {
        report.bad("agent", &format!("set {}; the public page shows placeholders now", missing.join(", ")));
    }
    if settings.get("agent.registration").is_empty() {
        report.note(
            "agent",
            "agent.registration is empty; the agent must also be in the Copyright Office directory (37 CFR 201.38)",
        );
    }
}

fn server(report: &mut Report, config: &Config) {
    let url = &config.server.public_url;
    if url.starts_with("https://") {
        report.good("server", &format!("links in letters begin with {url}"));
    } else if url.contains("127.0.0.1") || url.contains("localhost") {
        report.note(
            "server",
            &format!("links in letters begin with {url}, which works on this machine alone; set server.public_url"),
        );
    } else {
        report.bad("server", &format!("{url} is not https; links in letters carry secrets"));
    }
}

async fn mail(report: &mut Report, config: &Config) {
    match &config.mail.smtp {
        None if config.mail.files_are_delivery => report.bad(
            "mail",
            "no letter is sent, and mail.files_are_delivery counts letters saved as files as delivered: customers get strikes without being notified",
        ),
        None => report.note(
            "mail",
            "no mail.smtp_host: letters are saved as files in <data>/mail/ and not sent; no deadline runs",
        ),
        Some(smtp) => {
            let server = format!("{}:{}", smtp.host, smtp.port);
            if !smtp.username.is_empty() && smtp.password.is_empty() {
                report.bad("mail", "mail.smtp_username is set, but mail.smtp_password is not");
            }
            let pool = Pool::new(smtp.clone(), config.mail.from.domain());
            match timeout(Duration::from_secs(5), pool.try_out()).await {
                Ok(Ok(())) if smtp.username.is_empty() => report.good("mail", &format!("{server} answers")),
                Ok(Ok(())) => report.good("mail", &format!("{server} answers, and {} can sign in", smtp.username)),
                Ok(Err(why)) => report.bad("mail", &format!("{server}: {why}; letters wait until this works")),
                Err(_) => report.bad("mail", &format!("{server} does not answer within 5 seconds")),
            }
        }
    }
    match &config.mail.dkim {
        None => report.note("DKIM", "mail.dkim_domain is not set: letters are not signed and may be taken for spam"),
        Some(dkim) => match Signer::open(&dkim.key_file, &dkim.domain, &dkim.selector) {
            Ok(_) => report.good(
                "DKIM",
                &format!("signs for {}; publish {}._domainkey.{}", dkim.domain, dkim.selector, dkim.domain),
            ),
            Err(error) => report.bad("DKIM", &error.to_string()),
        },
    }
}

/// Ways in for mail: who can reach the listener, and whether answers come back to us.
fn inbound(report: &mut Report, config: &Config) {
    let inbound = &config.inbound;
    match inbound.lmtp_listen {
        Some(address) if address.ip().is_loopback() => report.good("mail in", &format!("LMTP at {address}")),
        Some(address) => report.note(
            "mail in",
            &format!(
                "LMTP at {address}: whoever reaches it can hand mail over; bind it to loopback or a private network"
            ),
        ),
        None => report
            .note("mail in", "inbound.lmtp_listen is not set; a pipe (`intake --mail`) and the API work without it"),
    }
    match &inbound.reply_address {
        Some(mailbox) => report.good("replies", &format!("letters ask for answers at {}", mailbox.extended("…"))),
        None => report.note("replies", "inbound.reply_address is not set: answers and bounces go to mail.from"),
    }
    if inbound.check_dkim
        && let Err(error) = Checker::new()
    {
        report.bad("DKIM of mail in", &error.to_string());
    }
    if config.webhooks.allow_private {
        report.note("webhooks", "webhooks.allow_private is set: endpoints inside private networks are called");
    }
}

/// Whether the schema is the one this version knows.
async fn schema(report: &mut Report, config: &Config) -> bool {
    let (url, shown) = (config.database.url.clone(), &config.database.url);
    if let Ok(false) = presence::is_initialized(&url) {
        report.bad("database", &format!("there is none at {url:?}; start the service, or run `safeharbor migrate`"));
        return false;
    }
    let state = tokio::task::spawn_blocking(move || migrations::state(&url)).await;
    match state {
        Ok(Ok(state)) if !state.unknown.is_empty() => {
            report.bad("database", &StorageError::NewerSchema(state.unknown).to_string());
            false
        }
        Ok(Ok(state)) if state.pending.is_empty() => {
            report.good("database", &format!("{shown:?}, up to date"));
            true
        }
        Ok(Ok(state)) => {
            let count = state.pending.len();
            let pending = plural(i64::try_from(count).unwrap_or(i64::MAX), "migration");
            let words = format!("{shown:?}: {pending} pending; run `safeharbor migrate`, or start");
            report.note("database", &words);
            false
        }
        Ok(Err(error)) => {
            report.bad("database", &format!("{error}; check database.url"));
            false
        }
        Err(error) => {
            report.bad("database", &error.to_string());
            false
        }
    }
}

/// Whether a pooler stands in front that the settings do not reckon with.
async fn pooled(report: &mut Report, config: &Config) {
    let url = config.database.url.clone();
    let found = tokio::task::spawn_blocking(move || url.is_pooled()).await;
    match (found, config.database.statement_cache) {
        (Ok(Ok(true)), true) => report.bad(
            "database",
            "a pooler shares server processes between transactions; set database.statement_cache = false",
        ),
        (Ok(Ok(true)), false) => report.good("database", "behind a pooler in transaction mode"),
        _ => {}
    }
}

async fn database(report: &mut Report, config: &Config) {
    if !schema(report, config).await {
        return;
    }
    pooled(report, config).await;
    let opened = Db::open_with(&config.database.url, 2, config.database.statement_cache);
    let Ok(db) = opened else { return report.bad("database", "cannot be opened") };
    clock_of_record(report, &db, config).await;
    let fresh = crate::entropy::Entropy::from_os().bytes();
    let now = Clock::System.now();
    let write: Result<Vec<u8>, StorageError> = db.write(move |c| installation::secret(c, &fresh, now)).await;
    match write {
        Ok(_) => report.good("database", "can be written"),
        Err(error) => report.bad("database", &format!("cannot be written: {error}")),
    }
    match db.read(|c| assets::conflicts(c, 20)).await {
        Ok(found) if found.is_empty() => report.good("assets", "each has one owner at a time"),
        Ok(found) => {
            for (key, ended, kept) in found {
                let asset = Asset::shown(&key);
                let words = format!(
                    "{asset} is claimed by {ended} and {kept}, and is {kept}'s; import it anew for the right account"
                );
                report.bad("assets", &words);
            }
        }
        Err(error) => report.bad("assets", &error.to_string()),
    }
    match db.read(|c| Ok::<_, StorageError>((staff::all(c)?.len(), standings::any_customer(c)?))).await {
        Ok((people, customers)) => {
            let words = format!(
                "{people} can sign in; customers {}",
                if customers { "are there" } else { "are missing: safeharbor customers import" }
            );
            if people == 0 {
                report.bad("staff", "no one can sign in; run safeharbor staff add");
            } else {
                report.good("staff", &words);
            }
        }
        Err(error) => report.bad("database", &error.to_string()),
    }
}

/// A clock behind what was recorded last, or one that the running service does not believe.
async fn clock_of_record(report: &mut Report, db: &Db, config: &Config) {
    let now = Clock::System.now();
    let found = db.read(|c| Ok::<_, StorageError>((clock_doubts::newest_event(c)?, clock_doubts::read(c)?))).await;
    let Ok((newest, doubt)) = found else { return };
    if let Some(newest) = newest.filter(|at| *at > now + config.clock.tolerance) {
        let words = format!("it says {}, before the newest event on record, {}: set it", now.full(), newest.full());
        report.bad("clock", &words);
    }
    if let Some(doubt) = doubt {
        let (minutes, seen) = (doubt.off.0 / 60_000_000, doubt.seen_at.full());
        let words = format!(
            "jumped by {minutes} minutes to {seen}: deadlines, strikes and put-backs wait. Set it right, or confirm it on any staff page"
        );
        report.bad("clock", &words);
    }
}

fn clock(report: &mut Report) {
    let now = Clock::System.now();
    // The day this rule was written: an earlier time means a clock that was never set.
    if Moment::parse("2026-01-01T00:00:00Z").is_some_and(|then| now < then) {
        report.bad("clock", &format!("it says {}; deadlines would be wrong", now.full()));
    } else {
        report.good("clock", &now.full());
    }
}
