//! `/api/v1/notices`: send one, read one, list them.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{cursor, json, limit, next, query, single, with_status};
use super::caller::{Caller, Raw};
use super::problem::ApiError;
use super::problem_responses::Problems;
use super::shapes::{NoticeBrief, NoticeOut, Page, Receipt, Retracted};
use super::take_notices::{keep_unread, media_type_of, prepare, read, refuse, submission, take};
use super::withdraw::detail;
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::base::ids::Reference;
use crate::domain::base::moment::Moment;
use crate::domain::intake::notice::RawNotice;
use crate::http::limits::Limits;
use crate::storage::intake::notice_lists::{self, Wanted};
use crate::storage::intake::{notices, submissions};

/// Send a notice
///
/// Takes our JSON, ACNS XML (0.6 to 1.2) and XARF JSON (1 to 4). A notice is never refused for what it lacks:
/// `class` and `findings` say what it is. Only what cannot be read as a notice is answered with 422, and kept all
/// the same. A document with several notices has the others in `further`. Works without a key where the host
/// allows it, as the form does.
#[utoipa::path(post, path = "/api/v1/notices", operation_id = "createNotice", tag = "Notices",
    request_body(content((RawNotice = "application/json"), (String = "application/xml"), (Object = "application/xarf+json"))),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body within 24 hours get the same answer and do nothing again", min_length = 1, max_length = 200)),
    security((), ("key" = [])),
    responses((status = 201, description = "Kept, checked and matched", body = Receipt, headers(("Location" = String, description = "Where it can be read with a key"))), (status = 202, description = "A retraction: kept; what was sent with the same key is withdrawn, otherwise staff look at it. Or a document that could not be read in time: kept, and staff read it (`unread`)", body = Retracted), Problems))]
pub async fn create(
    app: Data<App>,
    limits: Data<Limits>,
    caller: Caller,
    request: HttpRequest,
    Raw(body): Raw,
) -> Result<HttpResponse, ApiError> {
    allow(&app, &limits, &caller)?;
    let media = media_type_of(&request)?;
    let submission = submission(&caller, media, body.to_vec());
    let max_locations = app.config().intake.max_locations;
    let parsed = app.parse_submission(submission, move |submission| {
        let body = &submission.body;
        (read(media, body, max_locations), (caller.once("POST /notices", body, None), caller.viewer()))
    });
    let answer = match parsed.await {
        (submission, Ok((Ok(readings), repeat))) => {
            let content = Arc::new((submission, readings));
            let ready = prepare(&app, vec![Arc::clone(&content)]).await.next().unwrap_or_default();
            take(&app, content, ready, repeat).await?
        }
        (submission, Ok((Err(faults), _))) => return Err(refuse(&app, submission, faults).await?),
        (submission, Err(why)) => keep_unread(&app, submission, why).await?,
    };
    let known: serde_json::Value = serde_json::from_str(&answer.json).unwrap_or_default();
    let path = known.get("reference").and_then(|r| r.as_str()).map(|r| format!("/api/v1/notices/{r}"));
    let mut response = with_status(answer.status, answer.json);
    if let Some(value) = path.and_then(|p| header::HeaderValue::from_str(&p).ok()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

/// Without a key as the form does, if the host allows it; with one by its scope.
pub(super) fn allow(app: &App, limits: &Limits, caller: &Caller) -> Result<(), ApiError> {
    if caller.key.is_some() {
        return caller.with(Scope::NoticesWrite).map(|_| ());
    }
    if !app.config().api.anonymous {
        return Err(ApiError::Unauthorized(
            "This host takes notices at the API with a key only. Ask for one, or use the form at /notices/new.",
        ));
    }
    Ok(limits.anonymous_notice(&caller.address)?)
}

/// Read a notice
///
/// With `notices:read` any notice, with `notices:write` those sent with the same key.
#[utoipa::path(get, path = "/api/v1/notices/{reference}", operation_id = "getNotice", tag = "Notices",
    params(("reference" = String, Path, description = "Such as N-7KQ4-M2XD", pattern = "^[A-Za-z0-9-]{1,20}$")),
    security(("key" = [])),
    responses((status = 200, description = "The notice", body = NoticeOut, headers(("ETag" = String))), (status = 304, description = "Not changed since the ETag in If-None-Match"), Problems))]
pub async fn get(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let own = if caller.may(Scope::NoticesRead) { None } else { Some(caller.with(Scope::NoticesWrite)?.id) };
    let reference: Reference = path.parse().map_err(|_| ApiError::NotFound)?;
    let viewer = caller.viewer();
    let found = app
        .read(move |c| {
            let Some(notice) = notices::by_reference(c, &reference)? else { return Ok(None) };
            let visible = match own {
                Some(key) => submissions::key_of(c, notice.submission_id)? == Some(key),
                None => true,
            };
            if visible { detail(c, &notice, viewer).map(Some) } else { Ok(None) }
        })
        .await?;
    single(&request, &found.ok_or(ApiError::NotFound)?)
}

/// Which notices, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Want {
    /// The sender's own number.
    sender_reference: Option<String>,
    /// Received at or after this time.
    #[param(example = "2026-03-10T00:00:00Z", format = DateTime)]
    since: Option<String>,
    /// Received before this time.
    #[param(format = DateTime)]
    until: Option<String>,
    /// `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}(\\.[0-9]{1,18})?$")]
    cursor: Option<String>,
    /// Entries of a page; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List notices, newest first
#[utoipa::path(get, path = "/api/v1/notices", operation_id = "listNotices", tag = "Notices", params(Want), security(("key" = [])),
    responses((status = 200, description = "A page", body = Page<NoticeBrief>), Problems))]
pub async fn list(app: Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::NoticesRead)?;
    let want: Want = query(&request)?;
    let limit = limit(want.limit)?;
    let wanted = Wanted {
        sender_reference: want.sender_reference.map(|r| r.replace('\0', "")),
        since: time(want.since.as_deref(), "/since")?,
        until: time(want.until.as_deref(), "/until")?,
        before: cursor(want.cursor.as_deref())?,
    };
    let found = app.read(move |c| notice_lists::list(c, &wanted, limit)).await?;
    let next = next(&found, limit, |n| format!("{}.{}", n.received_at.0, n.id));
    let page = Page { items: found.iter().map(NoticeBrief::from).collect(), next };
    Ok(with_status(200, json(&page)?))
}

pub(super) fn time(text: Option<&str>, at: &str) -> Result<Option<Moment>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let read = Moment::parse(text);
    read.map(Some).ok_or_else(|| ApiError::fault(at, "write a time like 2026-03-10T14:22:00Z"))
}
