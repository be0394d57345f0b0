//! `intake FILE`: one notice, one machine-written document, or one mail.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use crate::actions::{Envelope, Received, receive_document, receive_unreadable};
use crate::app::App;
use crate::cli::database::open;
use crate::cli::error::{CliError, TRY_AGAIN};
use crate::config::Settings;
use crate::domain::access::token::PlainToken;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::visible::visible_line;
use crate::formats::{self, Body};
use crate::storage::intake::submissions::Submission;

/// Takes in a file. What cannot be read is kept and put before a person; the exit code says so.
pub(super) async fn intake(settings: &Settings, file: &Path) -> Result<ExitCode, CliError> {
    let app = open(settings).await?;
    let body = read(file, app.config().intake.max_body)?;
    let form = Body::of(&body);
    if form == Body::Mail && is_mail(&app, &body).await {
        return take_mail(&app, body, &Envelope::default()).await;
    }
    let mut submission = Submission::new("cli", form.media_type(), body);
    submission.user_agent = format!("safeharbor intake {}", file.display());
    let max = app.config().intake.max_locations;
    let read = app.parse_submission(submission, move |s| formats::read_document(&s.body, form, max));
    let (submission, readings) = match read.await {
        (submission, Ok(Ok(readings))) => (submission, readings),
        (submission, Ok(Err(faults))) => return unreadable(&app, submission, faults.to_string()).await,
        (submission, Err(why)) => return unreadable(&app, submission, why.to_string()).await,
    };
    let taken = app.write(move |tx| receive_document(tx, &submission, &readings, &[])).await?;
    say_all(&app, &taken.notices);
    if taken.retractions > 0 {
        println!("{} retractions; staff are asked to look at them", taken.retractions);
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a file is a mail that can be read; one that is not read in time is taken for one, and kept.
async fn is_mail(app: &App, body: &[u8]) -> bool {
    let body = body.to_vec();
    app.parse(body.len(), move || formats::mail::read(&body).is_some()).await.unwrap_or(true)
}

/// Takes in one mail from standard input, for a mail server's pipe. Whatever it is, the mail server is told
/// that it was taken; only where it could not be kept, to try again.
pub(super) async fn intake_mail(
    settings: Result<Settings, CliError>,
    file: &Path,
    from: Option<String>,
    to: &[String],
) -> Result<ExitCode, CliError> {
    let envelope = Envelope { from, to: to.iter().filter_map(|t| EmailAddress::parse(t)).collect() };
    let done = async {
        let app = open(&settings?).await?;
        let body = read(file, app.config().inbound.max_message)?;
        take_mail(&app, body, &envelope).await
    };
    // What cannot be read is kept too, and a mail server must not send it back.
    done.await.or_else(|error| {
        eprintln!("safeharbor: {error}");
        Ok(ExitCode::from(TRY_AGAIN))
    })
}

async fn take_mail(app: &App, body: Vec<u8>, envelope: &Envelope) -> Result<ExitCode, CliError> {
    let submission = Submission::new("mail", "message/rfc822", body);
    let done = crate::inbound::take_mail(app, submission, envelope.clone()).await?;
    let again = if done.again { ", received before" } else { "" };
    println!("submission {}: {}{again}", done.submission, done.kind.code());
    say_all(app, &done.notices);
    Ok(ExitCode::SUCCESS)
}

async fn unreadable(app: &App, submission: Submission, problem: String) -> Result<ExitCode, CliError> {
    let words = problem.clone();
    let id = app.write(move |tx| receive_unreadable(tx, &submission, &problem)).await?;
    eprintln!("This cannot be read as a notice: {}", visible_line(&words));
    eprintln!("It is kept as submission {id}, and staff are asked to look at it.");
    Ok(ExitCode::from(2))
}

fn say_all(app: &App, notices: &[(Received, PlainToken)]) {
    for (received, token) in notices {
        println!("{} {}", received.reference, received.verdict.class.code());
        for finding in &received.verdict.findings {
            let evidence = if finding.evidence.is_empty() {
                String::new()
            } else {
                format!(" ({})", visible_line(&finding.evidence))
            };
            println!("  {} {}{evidence}", finding.code.element().numeral(), finding.code.as_str());
        }
        println!("  {} of {} locations hosted here", received.hosted, received.locations.len());
        for case in &received.cases {
            println!("  case {case}");
        }
        println!("  status {}/n/{}", app.config().server.public_url, token.reveal());
    }
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
        return Err(CliError::Words(format!("this is larger than {max} bytes (intake.max_body, inbound.max_message)")));
    }
    Ok(body)
}
