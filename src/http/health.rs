//! For those who watch the service.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use subtle::ConstantTimeEq;

use super::client;
use super::error::{HttpError, RETRY_AFTER};
use crate::app::App;
use crate::storage::StorageError;
use crate::storage::record::gauges;

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /metrics`: figures in the text form of Prometheus, for whoever has the token. Without one, for this machine, and only
/// as long as the public address is on it too, as in a trial: a proxy on this machine passes on what the world asks.
pub(super) async fn metrics(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    if !may_read(&app, &request) {
        return Err(HttpError::NotFound);
    }
    let now = app.clock.now();
    let waiting = app.read(move |c| gauges::read(c, now)).await?;
    let text = app.metrics.text(&waiting).map_err(|e| StorageError::Unreachable(e.to_string()))?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

fn may_read(app: &App, request: &HttpRequest) -> bool {
    let token = &app.config().server.metrics_token;
    let given = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    match given {
        Some(given) => !token.is_empty() && bool::from(given.as_bytes().ct_eq(token.as_bytes())),
        // A proxy on this machine need not say that it is one. Where the world comes in, only the token tells.
        None => app.config().server.is_public_local() && client::is_this_machine(request),
    }
}

/// `GET /readyz`: the database answers too, and takes writes.
pub(super) async fn readyz(app: Data<App>) -> HttpResponse {
    match app.readiness.check(&app.db).await {
        Ok(()) => {
            let clock = match app.metrics.clock_off() {
                Some(seconds) => format!("the clock is off by {seconds} s; deadlines wait\n"),
                None => String::new(),
            };
            HttpResponse::Ok().content_type("text/plain").body(format!("ready\n{clock}"))
        }
        Err(error) => {
            tracing::error!(%error, "not ready");
            HttpResponse::ServiceUnavailable()
                .insert_header((header::RETRY_AFTER, RETRY_AFTER))
                .content_type("text/plain")
                .body("nothing can be written to the database\n")
        }
    }
}
