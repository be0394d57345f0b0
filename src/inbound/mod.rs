//! Mail coming in: what every way of handing it over does, and LMTP (RFC 2033) for a mail server in front.

mod lmtp;

pub use lmtp::{Listener, bind};

use std::sync::Arc;

use crate::actions::{ActionError, Envelope, MailOutcome, OfDocument, prepare_notices, receive_mail};
use crate::app::App;
use crate::formats::mail::{self, Content, Mail};
use crate::storage::submissions::Submission;

/// Reads a mail, checks its signatures where that is asked for, and takes it in.
pub async fn take_mail(app: &App, mut submission: Submission, envelope: Envelope) -> Result<MailOutcome, ActionError> {
    let read = mail::read(&submission.body);
    if let Some(checker) = app.checker.as_ref().filter(|_| read.is_some()) {
        for (method, result) in checker.check(&submission.body).await {
            submission.facts.insert(method.to_owned(), result.into());
        }
    }
    let read = read.map(Arc::new);
    let prepared = match &read {
        Some(mail) => prepare(app, *submission.digest(), Arc::clone(mail)).await,
        None => Vec::new(),
    };
    app.write(move |tx| receive_mail(tx, submission, &envelope, (read.as_deref(), &prepared))).await
}

/// Prepares, beside the writer, the notices a machine wrote. What fails here is done by the write, which says why.
async fn prepare(app: &App, digest: [u8; 32], mail: Arc<Mail>) -> OfDocument {
    if !matches!(mail.content, Content::Machine(..)) {
        return Vec::new();
    }
    let prepared = app.prepare(move |tx| {
        let Content::Machine(readings, _) = &mail.content else { return Ok(Vec::new()) };
        prepare_notices(tx, &[(&digest, readings)])
    });
    prepared.await.ok().and_then(|mut documents| documents.pop()).unwrap_or_default()
}
