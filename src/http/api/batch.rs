//! `POST /api/v1/notices:batch`: a notice a line in, a result a line out, however many there are.

use std::sync::Arc;

use actix_web::http::header::ContentEncoding;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::join_all;
use futures_util::stream;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use utoipa::ToSchema;

use super::answer::json;
use super::caller::Caller;
use super::lines::{Line, Lines};
use super::problem::{ApiError, Problem};
use super::problem_responses::Problems;
use super::shapes::{Receipt, Viewer};
use super::take_notices::{Content, MediaType, Ready, keep_unread, prepare, read, refuse, submission, take};
use crate::actions::{Once, OnceAnswer};
use crate::app::{App, NotParsed};
use crate::domain::access::scope::Scope;
use crate::domain::intake::notice::RawNotice;
use crate::formats::json::Faults;
use crate::storage::intake::submissions::Submission;

/// Lines worked on at the same time: what waits together is committed together.
const TOGETHER: usize = 64;

/// The result of one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResult {
    /// Number of the line in the request, from 1.
    line: u64,
    /// Status the notice would have got alone.
    status: u16,
    /// Where it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Receipt>)]
    receipt: Option<Box<RawValue>>,
    /// Where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// Send many notices
///
/// One notice a line (NDJSON), each as at `POST /notices`: our JSON or XARF. The answer has one result a line, in
/// the same order, while the request is still being sent: read it as you send. A line that cannot be read does not
/// stop the others. With an `Idempotency-Key` a batch that broke off can be sent again from its first line; what
/// was taken is not taken again.
#[utoipa::path(post, path = "/api/v1/notices:batch", operation_id = "createNotices", tag = "Notices",
    request_body(content = RawNotice, content_type = "application/x-ndjson"),
    params(("Idempotency-Key" = Option<String>, Header, description = "Counts for each line by its number", min_length = 1, max_length = 200)),
    security(("key" = [])),
    responses((status = 200, description = "A result for each line", body = BatchResult, content_type = "application/x-ndjson"), Problems))]
pub async fn batch(
    app: Data<App>,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::NoticesWrite)?;
    is_ndjson(&request)?;
    let (out, results) = channel(4);
    actix_web::rt::spawn(run(app.bulk(), caller, Lines::new(payload), out));
    // Compressed, a result would wait until there are enough of them.
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header(ContentEncoding::Identity)
        .streaming(body(results)))
}

/// Refuses a body that is one document.
pub(super) fn is_ndjson(request: &HttpRequest) -> Result<(), ApiError> {
    let value = request.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(
        kind.as_str(),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/json-lines"
    ) {
        return Ok(());
    }
    Err(ApiError::MediaType("Send application/x-ndjson: one JSON value a line.".to_owned()))
}

fn body(results: Receiver<Bytes>) -> impl futures_util::Stream<Item = Result<Bytes, ApiError>> {
    stream::unfold(results, |mut results| async { results.recv().await.map(|bytes| (Ok(bytes), results)) })
}

async fn run(app: App, caller: Caller, mut lines: Lines, out: Sender<Bytes>) {
    let caller = Arc::new(caller);
    loop {
        let some = lines.some(TOGETHER).await;
        if some.is_empty() {
            return;
        }
        let done = some_taken(&app, &caller, some).await;
        let mut bytes = Vec::new();
        for result in done {
            bytes.extend_from_slice(json(&result).unwrap_or_default().as_bytes());
            bytes.push(b'\n');
        }
        if out.send(bytes.into()).await.is_err() {
            // Nobody reads any more; the lines taken so far stay taken.
            return;
        }
    }
}

/// A line that was read.
enum Read {
    Notices(Content, (Option<Once>, Viewer)),
    Unreadable(Submission, Faults),
    Unread(Submission, NotParsed),
    TooLong,
}

/// Takes some lines; the results are in their order.
async fn some_taken(app: &App, caller: &Arc<Caller>, lines: Vec<Line>) -> Vec<BatchResult> {
    let read = read_lines(app, caller, lines).await;
    let content = |(_, read): &(u64, Read)| if let Read::Notices(c, _) = read { Some(Arc::clone(c)) } else { None };
    let mut ready = prepare(app, read.iter().filter_map(content).collect()).await;
    let one = |(number, read)| {
        let ready = if matches!(read, Read::Notices(..)) { ready.next() } else { None };
        one(app, number, read, ready.unwrap_or_default())
    };
    join_all(read.into_iter().map(one)).await
}

/// Reads some lines at once, off the threads that answer.
async fn read_lines(app: &App, caller: &Arc<Caller>, lines: Vec<Line>) -> Vec<(u64, Read)> {
    let written = |line: Line| (line.number, line.bytes.map(|bytes| submission(caller, MediaType::Json, bytes)));
    let lines: Arc<Vec<(u64, Option<Submission>)>> = Arc::new(lines.into_iter().map(written).collect());
    let size = lines.iter().filter_map(|(_, s)| s.as_ref()).map(|s| s.body.len()).sum();
    let (shared, caller, max) = (Arc::clone(&lines), Arc::clone(caller), app.config().intake.max_locations);
    let parsed = app.parse(size, move || {
        let of_line = |(number, submission): &(u64, Option<Submission>)| {
            let submission = submission.as_ref()?;
            submission.digest();
            let repeat = (caller.once("POST /notices:batch", &submission.body, Some(*number)), caller.viewer());
            Some((read(MediaType::Json, &submission.body, max), repeat))
        };
        shared.iter().map(of_line).collect::<Vec<_>>()
    });
    let parsed = parsed.await;
    let lines = Arc::try_unwrap(lines).unwrap_or_else(|shared| (*shared).clone());
    let (mut each, problem) = match parsed {
        Ok(each) => (each.into_iter(), NotParsed::Failed),
        Err(why) => (Vec::new().into_iter(), why),
    };
    let line = |(number, submission): (u64, Option<Submission>)| {
        let read = match (submission, each.next().flatten()) {
            (None, _) => Read::TooLong,
            (Some(submission), Some((Ok(readings), repeat))) => Read::Notices(Arc::new((submission, readings)), repeat),
            (Some(submission), Some((Err(faults), _))) => Read::Unreadable(submission, faults),
            (Some(submission), None) => Read::Unread(submission, problem),
        };
        (number, read)
    };
    lines.into_iter().map(line).collect()
}

async fn one(app: &App, line: u64, read: Read, ready: Ready) -> BatchResult {
    match line_taken(app, read, ready).await {
        Ok(answer) => {
            let receipt = RawValue::from_string(answer.json).ok();
            BatchResult { line, status: answer.status, receipt, problem: None }
        }
        Err(error) => {
            let problem = error.problem();
            BatchResult { line, status: problem.status, receipt: None, problem: Some(problem) }
        }
    }
}

async fn line_taken(app: &App, read: Read, ready: Ready) -> Result<OnceAnswer, ApiError> {
    match read {
        Read::Notices(content, repeat) => take(app, content, ready, repeat).await,
        Read::Unreadable(submission, faults) => Err(refuse(app, submission, faults).await?),
        Read::Unread(submission, why) => keep_unread(app, submission, why).await,
        Read::TooLong => Err(ApiError::TooLarge("The line is longer than 1,000,000 bytes.".to_owned())),
    }
}
