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
    for (list, what) in [(&outcome.bad, "bad lines"), (&outcome.conflicts, "lines about assets of other accounts")] {
        for (line, reason) in list.iter().take(NAMED) {
            eprintln!("line {line}: {reason}");
        }
        if list.len() > NAMED {
            eprintln!("and {} more {what}", list.len() - NAMED);
        }
    }
    let (good, changed, bad) = (outcome.good, outcome.changed, outcome.bad.len());
    if dry_run {
        println!(
            "{good} lines would be taken over, {changed} of them would change something, {bad} bad. Nothing was changed."
        );
    } else {
        println!("{good} lines taken over, {changed} of them changed something, {bad} bad.");
    }
    if !outcome.conflicts.is_empty() {
        println!(
            "{} lines speak of assets that are or were another account's; both are named above.",
            outcome.conflicts.len()
        );
    }
}
