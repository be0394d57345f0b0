//! `intake FILE`.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use validator::Validate;

use super::{CliError, open};
use crate::actions::{receive_notice, receive_unreadable};
use crate::config::Settings;
use crate::domain::notice::RawNotice;
use crate::storage::submissions::Submission;

/// Takes in one notice. What cannot be read is kept and put before a person; the exit code says so.
pub(super) async fn intake(settings: &Settings, file: &Path) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let max = app.config().intake.max_body;
    let body = read(file, max)?;
    let submission = Submission {
        channel: "cli",
        sender_address: String::new(),
        user_agent: format!("safeharbor intake {}", file.display()),
        content_type: "application/json".to_owned(),
        body: body.clone(),
        dedup_key: None,
    };
    let raw = match understand(&body, app.config().intake.max_locations) {
        Ok(raw) => raw,
        Err(problem) => {
            let words = problem.clone();
            let id = app.write(move |tx| receive_unreadable(tx, &submission, &problem)).await?;
            eprintln!("This cannot be read as a notice: {words}");
            eprintln!("It is kept as submission {id}, and staff are asked to look at it.");
            return Ok(ExitCode::from(2));
        }
    };
    let token = app.house.entropy.token();
    let link = format!("{}/n/{}", app.config().server.public_url, token.reveal());
    let received = app.write(move |tx| receive_notice(tx, submission, &raw, &token)).await?;
    println!("{} {}", received.reference, received.verdict.class.code());
    for finding in &received.verdict.findings {
        let evidence = if finding.evidence.is_empty() { String::new() } else { format!(" ({})", finding.evidence) };
        println!("  {} {}{evidence}", finding.code.element().numeral(), finding.code.as_str());
    }
    println!("  {} of {} locations hosted here", received.hosted, received.locations);
    for case in &received.cases {
        println!("  case {case}");
    }
    println!("  status {link}");
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path, max: usize) -> Result<Vec<u8>, CliError> {
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let mut body = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut body)?;
    } else {
        let open = std::fs::File::open(file).map_err(|e| CliError::Words(format!("{}: {e}", file.display())))?;
        open.take(limit).read_to_end(&mut body)?;
    }
    if body.len() > max {
        return Err(CliError::Words(format!("the notice is larger than {max} bytes (intake.max_body)")));
    }
    Ok(body)
}

fn understand(body: &[u8], max_locations: usize) -> Result<RawNotice, String> {
    let raw: RawNotice = serde_json::from_slice(body).map_err(|e| e.to_string())?;
    if raw.locations.len() > max_locations {
        return Err(format!("{} locations; at most {max_locations} fit in one notice", raw.locations.len()));
    }
    raw.validate()
        .map_err(|e| format!("too long: {}", e.errors().keys().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")))?;
    Ok(raw)
}
