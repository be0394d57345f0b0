//! From a body to a receipt: the same for one notice and for a line of a batch.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;

use super::caller::Caller;
use super::problem::ApiError;
use super::shapes::{Receipt, Retracted, Viewer};
use crate::actions::{
    ActionError, DocumentOutcome, OfDocument, Once, OnceAnswer, Received, Tx, keep_unreadable, once, prepare_notices,
    receive_document, receive_unreadable,
};
use crate::app::{App, NotParsed};
use crate::domain::access::token::PlainToken;
use crate::domain::intake::parsed_notice::ParsedNotice;
use crate::formats::json::Faults;
use crate::formats::{Body, narrow, read_document, xarf};
use crate::storage::StorageError;
use crate::storage::intake::submissions::Submission;

/// What the body is by its media type; JSON is ours or XARF, by its content.
pub(super) fn media_type_of(request: &HttpRequest) -> Result<MediaType, ApiError> {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "" | "application/json" | "text/json" => {
            Ok(MediaType::Json)
        }
        "application/xarf+json" | "application/vnd.xarf+json" => Ok(MediaType::Xarf),
        "application/xml" | "text/xml" | "application/acns+xml" => Ok(MediaType::Xml),
        _ => Err(ApiError::MediaType(
            "Send application/json, application/xarf+json, or application/xml for ACNS. Mail goes to /api/v1/intake/mail."
                .to_owned(),
        )),
    }
}

/// What a body is said to be.
#[derive(Clone, Copy, Debug)]
pub(super) enum MediaType {
    Json,
    Xarf,
    Xml,
}

impl MediaType {
    fn form(self, body: &[u8]) -> Body {
        match self {
            Self::Json if !xarf::looks_like(&narrow(body)) => Body::Own,
            Self::Json | Self::Xarf => Body::Xarf,
            Self::Xml => Body::Acns,
        }
    }
}

/// Reads and understands what was sent; for the threads that read.
pub(super) fn read(media: MediaType, body: &[u8], max_locations: usize) -> Result<Vec<ParsedNotice>, Faults> {
    let readings = read_document(body, media.form(body), max_locations)?;
    for reading in &readings {
        reading.understood();
    }
    Ok(readings)
}

/// The submission of a caller.
pub(super) fn submission(caller: &Caller, media: MediaType, body: Vec<u8>) -> Submission {
    let form = if matches!(media, MediaType::Xml) { Body::Acns } else { Body::Own };
    Submission {
        sender_address: caller.address.clone(),
        user_agent: caller.agent.clone(),
        api_key: caller.key.as_ref().map(|k| k.id),
        ..Submission::new("api", form.media_type(), body)
    }
}

/// Keeps what could not be read and makes the answer that says why.
pub(super) async fn refuse(app: &App, submission: Submission, faults: Faults) -> Result<ApiError, ApiError> {
    let problem = faults.to_string();
    let id = app.write_quietly(move |tx| keep_unreadable(tx, &submission, &problem)).await?;
    Ok(ApiError::Faults(faults, Some(id)))
}

/// Keeps what was not read in time; staff are asked to look at it, and its sender is told that it is kept.
pub(super) async fn keep_unread(app: &App, submission: Submission, why: NotParsed) -> Result<OnceAnswer, ApiError> {
    let problem = why.to_string();
    let id = app.write(move |tx| receive_unreadable(tx, &submission, &problem)).await?;
    tracing::warn!(submission = id, %why, "a body was kept unread");
    let answer = Retracted { submission: id, retractions: 0, unread: Some(why.to_string()) };
    Ok(OnceAnswer { status: 202, json: serde_json::to_string(&answer).unwrap_or_default() })
}

/// A submission, and the notices read in it.
pub(super) type Content = Arc<(Submission, Vec<ParsedNotice>)>;

/// What was prepared for the notices of a submission; by default nothing.
pub(super) type Ready = Arc<OfDocument>;

/// Does what can be done for submissions before they are written, for all of them at once, in their order. What fails
/// here is tried again by the write, which says why.
pub(super) async fn prepare(app: &App, contents: Vec<Content>) -> impl Iterator<Item = Ready> {
    let prepared = app.prepare(move |tx| {
        let documents: Vec<&[ParsedNotice]> = contents.iter().map(|c| &c.1[..]).collect();
        prepare_notices(tx, &documents)
    });
    prepared.await.unwrap_or_default().into_iter().map(Arc::new)
}

/// Takes the notices of a submission; with an idempotency key once.
pub(super) async fn take(
    app: &App,
    content: Content,
    ready: Ready,
    (repeat, viewer): (Option<Once>, Viewer),
) -> Result<OnceAnswer, ApiError> {
    let mut tries = 0;
    loop {
        let (content, ready, repeat) = (Arc::clone(&content), Arc::clone(&ready), repeat.clone());
        let done = app
            .write_repeatable(move |tx| {
                once(tx, repeat.as_ref(), |tx| {
                    let taken = receive_document(tx, &content.0, &content.1, &ready)?;
                    Ok(answer(tx, &taken, viewer))
                })
            })
            .await;
        app.wake();
        match done {
            // The same request is being done on another connection, whose answer is this one's; or two documents have
            // waited for each other on PostgreSQL, which refuses one of them.
            Err(ActionError::Storage(StorageError::Conflict { .. })) if tries < 3 => tries += 1,
            other => return Ok(other?),
        }
    }
}

/// The receipt: the first notice, the others in `further`. A document of retractions alone has none.
fn answer(tx: &Tx<'_>, taken: &DocumentOutcome, viewer: Viewer) -> OnceAnswer {
    let url = |tx: &Tx<'_>, token: &PlainToken| tx.url(&format!("/n/{}", token.reveal()));
    let mut receipts: Vec<Receipt> = Vec::new();
    for (received, token) in &taken.notices {
        let received: &Received = received;
        receipts.push(Receipt::of(received, url(tx, token), viewer));
    }
    if receipts.is_empty() {
        let only = Retracted { submission: taken.submission, retractions: taken.retractions, unread: None };
        return OnceAnswer { status: 202, json: serde_json::to_string(&only).unwrap_or_default() };
    }
    let mut first = receipts.remove(0);
    first.further = receipts;
    OnceAnswer { status: 201, json: serde_json::to_string(&first).unwrap_or_default() }
}
