//! `customers import FILE.csv`.

mod columns;
mod file;
mod lines;
mod sync;

use std::path::Path;
use std::process::ExitCode;

use crate::app::App;
use crate::cli::database::open;
use crate::cli::error::CliError;
use crate::config::Settings;
use crate::domain::base::moment::plural;

use file::Import;
pub(super) use file::ImportOptions;
pub use file::Outcome;
use sync::Missing;

/// Lines named one by one; the rest are counted.
const NAMED: usize = 100;

/// Imports a file and prints what came of it.
pub(super) async fn import(settings: &Settings, file: &Path, options: &ImportOptions) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let import = Import::of(options)?;
    let missing = if options.sync { Some(Missing::find(&app, file, &import, options.max_ended).await?) } else { None };
    let outcome = import.run(&app, file).await?;
    say(&outcome, options.dry_run);
    if let Some(missing) = missing {
        missing.settle(&app, &outcome, options.dry_run).await?;
    }
    Ok(if outcome.bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Imports a file into an application.
pub async fn import_file(app: &App, file: &Path) -> Result<Outcome, CliError> {
    Import::of(&ImportOptions::default())?.run(app, file).await
}

fn say(outcome: &Outcome, dry_run: bool) {
    for note in &outcome.notes {
        eprintln!("{note}");
    }
    for (list, what) in
        [(&outcome.bad, "lines with errors"), (&outcome.conflicts, "lines about assets of other accounts")]
    {
        for (line, reason) in list.iter().take(NAMED) {
            eprintln!("line {line}: {reason}");
        }
        if list.len() > NAMED {
            eprintln!("and {} more {what}", list.len() - NAMED);
        }
    }
    let (good, changed, bad) = (outcome.good, outcome.changed, outcome.bad.len());
    let (good, changed) = (lines(good), count(changed, "change"));
    let bad = if bad == 1 { "1 line has errors".to_owned() } else { format!("{} have errors", lines(bad)) };
    if dry_run {
        println!("{good} would be imported ({changed}); {bad}. Nothing was changed.");
    } else {
        println!("{good} imported ({changed}); {bad}.");
    }
    match outcome.conflicts.len() {
        0 => {}
        1 => println!("1 line names an asset that is or was another account's; both accounts are named above."),
        n => println!("{n} lines name assets that are or were another account's; both accounts are named above."),
    }
}

/// `1 line`, `2 lines`.
fn lines(n: usize) -> String {
    count(n, "line")
}

fn count(n: usize, unit: &str) -> String {
    plural(i64::try_from(n).unwrap_or(i64::MAX), unit)
}
