//! `verify-log`.

use std::process::ExitCode;

use crate::cli::database::open;
use crate::cli::error::CliError;
use crate::config::Settings;
use crate::domain::base::moment::plural;
use crate::storage::StorageError;
use crate::storage::record::checkpoints::{self, OutsideCheckpoint};
use crate::storage::record::verify;

/// Walks every chain and every checkpoint, compares what is stored with what they tell, and names what does not fit.
/// A checkpoint that was kept outside the database must be among them.
pub(super) async fn verify_log(settings: &Settings, kept: Option<OutsideCheckpoint>) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let (read, found) = app
        .read(move |c| {
            let mut found = Vec::new();
            let read = verify::everything(c, &mut found)?;
            if let Some(kept) = &kept {
                checkpoints::compare_kept(c, kept, &mut found)?;
            }
            Ok::<_, StorageError>((read, found))
        })
        .await?;
    for broken in &found {
        println!("{broken}");
    }
    let verify::Read { events, checkpoints, compared } = read;
    println!(
        "{} and {} read, {} compared, {} found.",
        count(events, "event"),
        count(checkpoints as u64, "checkpoint"),
        count(compared, "row"),
        count(found.len() as u64, "problem")
    );
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// `1 event`, `2 events`.
fn count(n: u64, unit: &str) -> String {
    plural(i64::try_from(n).unwrap_or(i64::MAX), unit)
}
