//! How answers are written: JSON, entity tags, pages of a list.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::problem::ApiError;

/// Entries of a page, where the request does not say.
const PAGE: i64 = 50;
/// Most entries of a page.
pub(super) const MAX_PAGE: i64 = 200;

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(value).map_err(|e| ApiError::Internal(format!("answer: {e}")))
}

/// Answers with JSON that was written before.
pub(super) fn with_status(status: u16, json: String) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or(actix_web::http::StatusCode::OK);
    HttpResponse::build(status).content_type("application/json").body(json)
}

/// The entity tag of a body. Weak: the same value may be compressed in different ways.
pub(super) fn tag(json: &str) -> String {
    let digest: String = Sha256::digest(json.as_bytes()).iter().take(12).map(|b| format!("{b:02x}")).collect();
    format!("W/\"{digest}\"")
}

/// One resource with its entity tag; nothing but 304 where the client has it already.
pub(super) fn single(request: &HttpRequest, value: &impl Serialize) -> Result<HttpResponse, ApiError> {
    let json = json(value)?;
    let tag = tag(&json);
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if known.split(',').any(|t| t.trim() == tag || t.trim() == "*") {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    Ok(HttpResponse::Ok().content_type("application/json").insert_header((header::ETAG, tag)).body(json))
}

/// Whether the client's `If-Match` still fits what there is now.
pub(super) fn fits(request: &HttpRequest, current: Option<&str>) -> bool {
    let Some(wanted) = request.headers().get(header::IF_MATCH).and_then(|v| v.to_str().ok()) else { return true };
    let Some(current) = current else { return false };
    wanted.split(',').any(|t| t.trim() == current || t.trim() == "*")
}

/// Reads the query; unknown names and wrong values are refused by name.
pub(super) fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, ApiError> {
    actix_web::web::Query::<T>::from_query(request.query_string()).map(actix_web::web::Query::into_inner).map_err(|e| {
        let text = e.to_string();
        let words = text.strip_prefix("Query deserialize error: ").unwrap_or(&text);
        ApiError::fault("/query", words.to_owned())
    })
}

/// Which page of a list that has no other choices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}(\\.[0-9]{1,18})?$")]
    cursor: Option<String>,
    /// Entries of a page; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

impl Paging {
    /// How many entries, and after which row number.
    pub(super) fn read(&self) -> Result<(i64, Option<i64>), ApiError> {
        Ok((limit(self.limit)?, cursor(self.cursor.as_deref())?.map(|c| c.0)))
    }
}

/// How many entries are wanted.
pub(super) fn limit(wanted: Option<i64>) -> Result<i64, ApiError> {
    match wanted {
        None => Ok(PAGE),
        Some(n) if (1..=MAX_PAGE).contains(&n) => Ok(n),
        Some(_) => Err(ApiError::fault("/limit", format!("write a number from 1 to {MAX_PAGE}"))),
    }
}

/// Reads a cursor: one or two numbers with a point between.
pub(super) fn cursor(text: Option<&str>) -> Result<Option<(i64, i64)>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let (first, second) = text.split_once('.').unwrap_or((text, "0"));
    match (first.parse(), second.parse()) {
        (Ok(a), Ok(b)) => Ok(Some((a, b))),
        _ => Err(ApiError::fault("/cursor", "send back what stood in next, unchanged")),
    }
}

/// Where the next page begins: nothing where this one was not full.
pub(super) fn next<T>(items: &[T], limit: i64, place: impl Fn(&T) -> String) -> Option<String> {
    let full = i64::try_from(items.len()).unwrap_or(0) >= limit;
    items.last().filter(|_| full).map(place)
}
