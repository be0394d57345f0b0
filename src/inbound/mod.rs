//! Mail coming in: what every way of handing it over does, and LMTP (RFC 2033) for a mail server in front.

mod lmtp;

pub use lmtp::{Listener, bind};

use crate::actions::{ActionError, Envelope, MailOutcome, receive_mail};
use crate::app::App;
use crate::formats::mail::{self, Content};
use crate::storage::submissions::Submission;

/// Reads a mail, checks its signatures where that is asked for, and takes it in.
pub async fn take_mail(app: &App, mut submission: Submission, envelope: Envelope) -> Result<MailOutcome, ActionError> {
    let read = mail::read(&submission.body);
    if let Some(checker) = app.checker.as_ref().filter(|_| read.is_some()) {
        for (method, result) in checker.check(&submission.body).await {
            submission.facts.insert(method.to_owned(), result.into());
        }
    }
    // Beside the writer: what was written by a machine is understood and judged.
    if let Some(Content::Machine(readings, _)) = read.as_ref().map(|mail| &mail.content) {
        for reading in readings {
            reading.understood();
        }
    }
    app.write(move |tx| receive_mail(tx, submission, &envelope, read.as_ref())).await
}
