//! A file is read line by line and stored batch by batch; memory does not grow with it.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use super::columns::{Columns, Mapping};
use super::lines::Parser;
use crate::actions::{ActionError, ConflictOutcome, ImportLine, Imported, import_customers};
use crate::app::App;
use crate::cli::error::CliError;
use crate::domain::customers::asset::Asset;
use crate::formats::table::Table;
use crate::storage::customers::assets::OnConflict;
use crate::storage::enforcement::policies;
use crate::storage::engine::statistics;

/// How a file is imported.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct ImportOptions {
    /// Fields and the headings of their columns, `account=Client ID`.
    pub map: Vec<String>,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
    /// End what is not in the file.
    pub sync: bool,
    /// Most of all that may be ended, in percent.
    pub max_ended: Option<u8>,
    /// Do not take assets from other accounts.
    pub refuse_conflicts: bool,
}

/// Lines in one transaction.
const BATCH: usize = 500;
/// Assets of which it is remembered which line gave them to whom, to find lines of one file that contradict each other.
const REMEMBERED: usize = 500_000;

/// What came of a file.
#[derive(Debug, Default)]
pub struct Outcome {
    pub good: usize,
    pub changed: usize,
    /// Line number and reason.
    pub bad: Vec<(u64, String)>,
    /// Lines whose asset is or was another account's; both are named.
    pub conflicts: Vec<(u64, String)>,
    /// What is to be known about the file as a whole.
    pub notes: Vec<String>,
}

/// How files are imported.
pub(super) struct Import {
    mapping: Mapping,
    on_conflict: OnConflict,
    dry_run: bool,
}

type Batch = Vec<(u64, ImportLine)>;

impl Import {
    pub(super) fn of(options: &ImportOptions) -> Result<Self, CliError> {
        let on_conflict = if options.refuse_conflicts { OnConflict::Refuse } else { OnConflict::TakeOver };
        Ok(Self {
            mapping: Mapping::parse(&options.map).map_err(CliError::Words)?,
            on_conflict,
            dry_run: options.dry_run,
        })
    }

    /// Opens a file and finds its columns.
    pub(super) fn open(&self, file: &Path) -> Result<(Table<File>, Columns), CliError> {
        let words = |why: String| CliError::Words(format!("{}: {why}", file.display()));
        let opened = File::open(file).map_err(|e| words(e.to_string()))?;
        let table = Table::open(opened, |h| self.mapping.knows(h)).map_err(|e| words(e.to_string()))?;
        let columns = Columns::of(table.headings(), &self.mapping).map_err(words)?;
        Ok((table, columns))
    }

    /// Imports a file; of a dry run the changes are printed and undone.
    pub(super) async fn run(&self, app: &App, file: &Path) -> Result<Outcome, CliError> {
        let (mut table, columns) = self.open(file)?;
        let now = app.clock.now();
        let published = app.read(move |c| policies::in_force(c, now)).await?;
        let bar = progress(std::fs::metadata(file)?.len());
        let mut parser = Parser::new(published.policy.segments.keys().cloned().collect());
        let mut run = Run { import: self, outcome: Outcome::default(), claims: HashMap::new(), seen: HashSet::new() };
        run.note(&table, &columns);
        let mut batch: Batch = Vec::new();
        while let Some(record) = table.read()? {
            bar.set_position(table.bytes());
            match record {
                Ok(record) => {
                    let number = record.line;
                    let parsed = parser.parse(app, &columns.take(record)).await?;
                    match parsed.and_then(|line| run.claim(number, line)) {
                        Ok(line) => batch.push((number, line)),
                        Err(reason) => run.outcome.bad.push((number, reason)),
                    }
                }
                Err(broken) => run.outcome.bad.push((broken.line, broken.why)),
            }
            if batch.len() == BATCH {
                run.store(app, std::mem::take(&mut batch)).await?;
                parser.stored();
            }
        }
        run.store(app, batch).await?;
        run.outcome.bad.sort_by_key(|(line, _)| *line);
        bar.finish_and_clear();
        // What follows is planned for the tables as they are now.
        app.read(statistics::refresh).await?;
        Ok(run.outcome)
    }
}

fn progress(size: u64) -> ProgressBar {
    if size < 200_000 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left");
    ProgressBar::new(size).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// One import while it goes on.
struct Run<'a> {
    import: &'a Import,
    outcome: Outcome,
    /// Assets that are somebody's from now on, without dates: whose, and by which line.
    claims: HashMap<u64, (Box<str>, u64)>,
    /// Changes that a dry run has told of: they are undone, so that the next batch makes them again.
    seen: HashSet<u64>,
}

impl Run<'_> {
    fn note(&mut self, table: &Table<File>, columns: &Columns) {
        if table.encoding() != "UTF-8" {
            self.outcome.notes.push(format!("read as {}", table.encoding()));
        }
        if !columns.passed_over.is_empty() {
            let names: Vec<String> = columns.passed_over.iter().map(|name| format!("{name:?}")).collect();
            self.outcome.notes.push(format!("columns passed over: {}", names.join(", ")));
        }
    }

    /// Two lines that give one asset to two accounts cannot both be right: the first stays, and both are named.
    fn claim(&mut self, number: u64, line: ImportLine) -> Result<ImportLine, String> {
        let Some(asset) = line.asset.as_ref().filter(|a| a.from.is_none() && a.until.is_none()) else {
            return Ok(line);
        };
        let key = asset.asset.key();
        match self.claims.get(&fingerprint(&key)) {
            Some((account, first)) if **account != *line.external_id => Err(format!(
                "{} is {account}'s by line {first} of this file; it was not given to {}",
                Asset::shown(&key),
                line.external_id
            )),
            Some(_) => Ok(line),
            None => {
                if self.claims.len() < REMEMBERED {
                    self.claims.insert(fingerprint(&key), (line.external_id.as_str().into(), number));
                }
                Ok(line)
            }
        }
    }

    /// Stores a batch in one transaction; where that fails, line by line, so that one line does not take its
    /// neighbours along.
    async fn store(&mut self, app: &App, batch: Batch) -> Result<(), CliError> {
        if batch.is_empty() {
            return Ok(());
        }
        let lines: Vec<ImportLine> = batch.iter().map(|(_, line)| line.clone()).collect();
        if let Ok(done) = self.write(app, lines).await {
            self.count(&batch, &done);
            return Ok(());
        }
        for (number, line) in batch {
            match self.write(app, vec![line.clone()]).await {
                Ok(done) => self.count(&[(number, line)], &done),
                Err(error) => self.outcome.bad.push((number, error.to_string())),
            }
        }
        Ok(())
    }

    /// One transaction; a dry run ends it as if it had failed.
    async fn write(&self, app: &App, lines: Vec<ImportLine>) -> Result<Imported, ActionError> {
        let on_conflict = self.import.on_conflict;
        if !self.import.dry_run {
            return app.write(move |tx| import_customers(tx, &lines, on_conflict)).await;
        }
        let found = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&found);
        let undone: Result<(), ActionError> = app
            .write(move |tx| {
                let done = import_customers(tx, &lines, on_conflict)?;
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
                Err(ActionError::Refused("a dry run changes nothing".to_owned()))
            })
            .await;
        let found = found.lock().unwrap_or_else(PoisonError::into_inner).take();
        found.ok_or_else(|| undone.err().unwrap_or_else(|| ActionError::Refused(String::new())))
    }

    fn count(&mut self, batch: &[(u64, ImportLine)], done: &Imported) {
        self.outcome.good += batch.len();
        for ((number, line), changes) in batch.iter().zip(&done.changes) {
            let mut told = changes.told(line);
            if self.import.dry_run {
                told.retain(|change| self.seen.insert(fingerprint(&(&line.external_id, change))));
                for change in &told {
                    println!("line {number}: {change}");
                }
            }
            self.outcome.changed += usize::from(!told.is_empty());
        }
        for (place, conflict) in &done.conflicts {
            let number = batch[*place].0;
            if conflict.outcome == ConflictOutcome::Refused {
                self.outcome.bad.push((number, conflict.to_string()));
                self.outcome.good -= 1;
            } else {
                self.outcome.conflicts.push((number, conflict.to_string()));
            }
        }
    }
}

/// Eight bytes for a text: to remember what a file named without keeping it.
pub(super) fn fingerprint(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
