//! `customers import FILE.csv`.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use super::{CliError, open};
use crate::actions::{ActionError, ImportAsset, ImportLine, import_customers};
use crate::app::App;
use crate::config::Settings;
use crate::domain::asset::Asset;
use crate::domain::contact::{EmailAddress, one_line};
use crate::domain::moment::Moment;
use crate::storage::contacts::PutContact;
use crate::storage::{customers, policies};

/// Lines in one transaction.
const BATCH: usize = 500;
/// Bad lines named one by one; the rest are counted.
const NAMED: usize = 100;

/// One line as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    account: String,
    name: String,
    segment: String,
    contact_role: String,
    contact_name: String,
    contact_email: String,
    contact_phone: String,
    asset: String,
    valid_from: String,
    valid_until: String,
}

/// What came of a file.
#[derive(Debug, Default)]
pub struct Outcome {
    pub good: usize,
    pub changed: usize,
    /// Line number and reason.
    pub bad: Vec<(u64, String)>,
}

/// Imports a file and prints what came of it.
pub(super) async fn import(settings: &Settings, file: &Path) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let outcome = import_file(&app, file).await?;
    for (line, reason) in outcome.bad.iter().take(NAMED) {
        eprintln!("line {line}: {reason}");
    }
    if outcome.bad.len() > NAMED {
        eprintln!("and {} more bad lines", outcome.bad.len() - NAMED);
    }
    println!(
        "{} lines taken over, {} of them changed something, {} bad.",
        outcome.good,
        outcome.changed,
        outcome.bad.len()
    );
    Ok(if outcome.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Imports a file into an application.
pub async fn import_file(app: &App, file: &Path) -> Result<Outcome, CliError> {
    let size = std::fs::metadata(file).map_err(|e| CliError::Words(format!("{}: {e}", file.display())))?.len();
    let mut reader = csv::ReaderBuilder::new().flexible(false).trim(csv::Trim::All).from_path(file).map_err(words)?;
    let headings = reader.headers().map_err(words)?.clone();
    if !headings.iter().any(|h| h == "account") {
        return Err(CliError::Words("the first line must name the columns; account is not among them".to_owned()));
    }
    let now = app.clock.now();
    let published = app.read(move |c| policies::in_force(c, now)).await?;
    let segments: Vec<String> = published.policy.segments.keys().cloned().collect();
    let bar = progress(size);
    let mut parser = Parser { segments, known: HashMap::new() };
    let mut outcome = Outcome::default();
    let mut batch: Vec<(u64, ImportLine)> = Vec::new();
    for record in reader.records() {
        let (number, parsed) = match record {
            Ok(record) => {
                let number = record.position().map_or(0, csv::Position::line);
                bar.set_position(record.position().map_or(0, csv::Position::byte));
                (number, parser.parse(app, record.deserialize(Some(&headings)).map_err(|e| e.to_string())).await?)
            }
            Err(error) => (error.position().map_or(0, csv::Position::line), Err(error.to_string())),
        };
        match parsed {
            Ok(line) => batch.push((number, line)),
            Err(reason) => outcome.bad.push((number, reason)),
        }
        if batch.len() == BATCH {
            store(app, std::mem::take(&mut batch), &mut outcome).await?;
        }
    }
    store(app, batch, &mut outcome).await?;
    bar.finish_and_clear();
    Ok(outcome)
}

#[expect(clippy::needless_pass_by_value, reason = "shape of map_err")]
fn words(error: csv::Error) -> CliError {
    CliError::Words(error.to_string())
}

fn progress(size: u64) -> ProgressBar {
    if size < 200_000 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
    ProgressBar::new(size).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Stores a batch in one transaction; where that fails, line by line, so that one line does not take its
/// neighbours along.
async fn store(app: &App, batch: Vec<(u64, ImportLine)>, outcome: &mut Outcome) -> Result<(), CliError> {
    let lines: Vec<ImportLine> = batch.iter().map(|(_, line)| line.clone()).collect();
    let whole = app.write(move |tx| import_customers(tx, &lines)).await;
    if let Ok(changed) = whole {
        outcome.good += batch.len();
        outcome.changed += changed;
        return Ok(());
    }
    for (number, line) in batch {
        let one: Result<usize, ActionError> = app.write(move |tx| import_customers(tx, &[line])).await;
        match one {
            Ok(changed) => {
                outcome.good += 1;
                outcome.changed += changed;
            }
            Err(error) => outcome.bad.push((number, error.to_string())),
        }
    }
    Ok(())
}

/// Reads lines; remembers what earlier lines said of an account.
struct Parser {
    segments: Vec<String>,
    known: HashMap<String, (String, String)>,
}

impl Parser {
    async fn parse(
        &mut self,
        app: &App,
        written: Result<Written, String>,
    ) -> Result<Result<ImportLine, String>, CliError> {
        let written = match written {
            Ok(written) => written,
            Err(reason) => return Ok(Err(reason)),
        };
        let account = one_line(&written.account, 100);
        if account.is_empty() {
            return Ok(Err("account is empty".to_owned()));
        }
        if !self.known.contains_key(&account) && (written.name.is_empty() || written.segment.is_empty()) {
            let wanted = account.clone();
            if let Some(c) = app.read(move |c| customers::by_external_id(c, &wanted)).await? {
                self.known.insert(account.clone(), (c.name, c.segment));
            }
        }
        Ok(self.line(account, &written))
    }

    fn line(&mut self, account: String, w: &Written) -> Result<ImportLine, String> {
        let before = self.known.get(&account).cloned();
        let pick = |given: &str, known: Option<&String>, what: &str| -> Result<String, String> {
            let given = one_line(given, 200);
            if given.is_empty() {
                return known.cloned().ok_or_else(|| format!("{what} is empty on the first line of account {account}"));
            }
            Ok(given)
        };
        let name = pick(&w.name, before.as_ref().map(|b| &b.0), "name")?;
        let segment = pick(&w.segment, before.as_ref().map(|b| &b.1), "segment")?;
        if !self.segments.contains(&segment) {
            return Err(format!("segment {segment:?} is not in the policy; allowed: {}", self.segments.join(", ")));
        }
        let contact = contact(w)?;
        let asset = asset(w)?;
        self.known.insert(account.clone(), (name.clone(), segment.clone()));
        Ok(ImportLine { external_id: account, name, segment, contact, asset })
    }
}

fn contact(w: &Written) -> Result<Option<PutContact>, String> {
    if w.contact_email.is_empty() {
        let given = [&w.contact_role, &w.contact_name, &w.contact_phone].iter().any(|t| !t.is_empty());
        return if given { Err("contact_email is empty".to_owned()) } else { Ok(None) };
    }
    let email =
        EmailAddress::parse(&w.contact_email).ok_or_else(|| format!("{:?} is not a mail address", w.contact_email))?;
    let role = if w.contact_role.is_empty() { "Owner".to_owned() } else { one_line(&w.contact_role, 60) };
    let (name, phone) = (one_line(&w.contact_name, 200), one_line(&w.contact_phone, 60));
    Ok(Some(PutContact { role, name, email, phone }))
}

fn asset(w: &Written) -> Result<Option<ImportAsset>, String> {
    if w.asset.is_empty() {
        return if w.valid_from.is_empty() && w.valid_until.is_empty() {
            Ok(None)
        } else {
            Err("asset is empty".to_owned())
        };
    }
    let asset = Asset::parse(&w.asset).map_err(|e| e.to_string())?;
    let (from, until) = (moment(&w.valid_from)?, moment(&w.valid_until)?);
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        return Err("valid_until is not after valid_from".to_owned());
    }
    Ok(Some(ImportAsset { asset, from, until }))
}

fn moment(text: &str) -> Result<Option<Moment>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    Moment::parse(&whole)
        .map(Some)
        .ok_or_else(|| format!("{text:?} is not a date like 2026-03-10 or 2026-03-10T14:22:00Z"))
}
