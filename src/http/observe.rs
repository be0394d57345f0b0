//! What is known of each request: an id, one line in the log, one figure. Never an address with a token.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use tracing::Instrument;

use crate::app::App;
use crate::clock::Clock;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static ID: String;
    static STAFF: bool;
}

/// Tells processes apart: when this one answered first, in milliseconds.
static PROCESS: LazyLock<i64> = LazyLock::new(|| Clock::System.now().0 / 1000);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// The id of the request that is being answered; it stands in the log beside everything it caused.
pub(super) fn request_id() -> String {
    ID.try_with(Clone::clone).unwrap_or_else(|_| next_id())
}

/// Whether the request that is being answered is for a page of staff.
pub(super) fn is_for_staff() -> bool {
    STAFF.try_with(|staff| *staff).unwrap_or(false)
}

fn next_id() -> String {
    format!("{:x}-{:x}", *PROCESS, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The id a proxy of ours gave, so that both logs speak of the same request.
fn given(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    (plain && (8..=64).contains(&text.len())).then(|| text.to_owned())
}

/// A method by name; what somebody made up has none of its own, so that figures stay few.
fn known(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE") => known,
        _ => "other",
    }
}

/// One line in the log for each request: id, method, route pattern, status, time.
pub(super) async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let ours = app.as_ref().zip(request.peer_addr());
    let ours = ours.is_some_and(|(app, peer)| app.config().server.trusted_proxies.trusts(peer.ip().to_canonical()));
    let id = ours.then(|| given(request.headers())).flatten().unwrap_or_else(next_id);
    let span = tracing::info_span!("request", id);
    let staff = request.path().starts_with("/staff");
    STAFF.scope(staff, ID.scope(id.clone(), answer(app, id, request, next))).instrument(span).await
}

async fn answer(
    app: Option<Data<App>>,
    id: String,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let method = request.method().clone();
    let start = Clock::System.now();
    let result = next.call(request).await;
    let took_us = Clock::System.now().since(start).0;
    let response = result.inspect_err(|error| {
        tracing::error!(%method, status = error.as_response_error().status_code().as_u16(), took_us, "request");
    })?;
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let status = response.status().as_u16();
    tracing::info!(%method, route, status, took_us, "request");
    if let Some(app) = app {
        app.metrics.answered(&route, known(&method), status, took_us);
    }
    Ok(with_id(response, &id))
}

fn with_id<B>(mut response: ServiceResponse<B>, id: &str) -> ServiceResponse<B> {
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
