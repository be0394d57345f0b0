//! What every way of handing a mail over does: read, check signatures, take in.

use std::sync::Arc;

use crate::actions::{
    ActionError, Envelope, MailKind, MailOutcome, OfDocument, prepare_notices, receive_mail, receive_unreadable,
};
use crate::app::{App, NotParsed};
use crate::domain::base::contact::one_line;
use crate::formats::mail::{self, Content, Mail};
use crate::storage::intake::submissions::Submission;

/// Reads a mail, checks its signatures where that is asked for, and takes it in. A mail that is not read in time is
/// kept, and staff are asked to look at it.
pub async fn take_mail(app: &App, submission: Submission, envelope: Envelope) -> Result<MailOutcome, ActionError> {
    let (submission, read) = app.parse_submission(submission, |submission| read_mail(&submission.body)).await;
    let read = match read {
        Ok(read) => read.map(Arc::new),
        Err(why) => return keep_unread(app, submission, envelope, why).await,
    };
    let submission = if read.is_some() { check_signatures(app, submission).await } else { submission };
    let prepared = match &read {
        Some(mail) => prepare(app, Arc::clone(mail)).await,
        None => Vec::new(),
    };
    app.write(move |tx| receive_mail(tx, submission, &envelope, (read.as_deref(), &prepared))).await
}

/// Reads a mail and understands the notices in it.
fn read_mail(bytes: &[u8]) -> Option<Mail> {
    let mail = mail::read(bytes)?;
    if let Content::Machine(readings, _) = &mail.content {
        for reading in readings {
            reading.understood();
        }
    }
    Some(mail)
}

/// Keeps a mail that was not read, with its envelope.
async fn keep_unread(
    app: &App,
    mut submission: Submission,
    envelope: Envelope,
    why: NotParsed,
) -> Result<MailOutcome, ActionError> {
    submission.facts.insert("kind".to_owned(), MailKind::Unreadable.code().into());
    if let Some(from) = &envelope.from {
        submission.facts.insert("mail_from".to_owned(), one_line(from, 254).into());
    }
    let problem = why.to_string();
    let id = app.write(move |tx| receive_unreadable(tx, &submission, &problem)).await?;
    tracing::warn!(submission = id, %why, "a mail was kept unread");
    let (notices, known) = (Vec::new(), Vec::new());
    Ok(MailOutcome { submission: id, kind: MailKind::Unreadable, again: false, notices, known })
}

/// Adds what the signatures of a mail say. They are calculated off the threads that answer.
async fn check_signatures(app: &App, submission: Submission) -> Submission {
    let Some(checker) = app.checker.clone() else { return submission };
    let submission = Arc::new(submission);
    let results = checker.check_apart(Arc::clone(&submission), |submission| &submission.body).await;
    let mut submission = Arc::try_unwrap(submission).unwrap_or_else(|shared| (*shared).clone());
    for (method, result) in results {
        submission.facts.insert(format!("own_{method}"), result.into());
    }
    submission
}

/// Prepares, beside the writer, the notices a machine wrote. What fails here is done by the write, which says why.
async fn prepare(app: &App, mail: Arc<Mail>) -> OfDocument {
    if !matches!(mail.content, Content::Machine(..)) {
        return Vec::new();
    }
    let prepared = app.prepare(move |tx| {
        let Content::Machine(readings, _) = &mail.content else { return Ok(Vec::new()) };
        prepare_notices(tx, &[readings])
    });
    prepared.await.ok().and_then(|mut documents| documents.pop()).unwrap_or_default()
}
