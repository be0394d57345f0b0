//! What a request may cost before anything of it is read: how many from one address, and how long it may take to
//! arrive.

use std::io;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, ResponseError};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::client;
use super::limits::Limits;
use crate::app::App;

/// How often a silence is allowed for: a whole request must be there within so many of them.
const SILENCES: u32 = 10;

/// Addresses that are asked by machines of the operator, or have limits of their own.
fn is_free(path: &str) -> bool {
    ["/healthz", "/readyz", "/metrics"].contains(&path) || path.starts_with("/assets/") || path.starts_with("/api/")
}

/// Bodies that may take as long as they need, as long as they move.
fn is_stream(path: &str) -> bool {
    path.starts_with("/api/v1/") && (path.ends_with(":batch") || path.ends_with(":import"))
}

/// Refuses too many requests from one address, and ends a body that does not arrive.
pub(super) async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let (Some(app), Some(limits)) = (request.app_data::<Data<App>>(), request.app_data::<Data<Limits>>()) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    if !is_free(request.path())
        && let Err(error) = limits.page(&client::address(request.request(), app))
    {
        return Ok(request.into_response(error.error_response()).map_into_right_body());
    }
    let patience = app.config().server.patience.to_std();
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let whole = (!is_stream(request.path())).then(|| Instant::now() + patience * SILENCES);
        let body = request.take_payload();
        request.set_payload(Payload::Stream { payload: Box::pin(in_time(body, patience, whole)) });
    }
    Ok(next.call(request).await?.map_into_left_body())
}

type Piece = Result<actix_web::web::Bytes, PayloadError>;

fn in_time(body: Payload, patience: Duration, whole: Option<Instant>) -> impl Stream<Item = Piece> {
    futures_util::stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        let next = Instant::now() + patience;
        match timeout_at(whole.map_or(next, |whole| whole.min(next)), body.next()).await {
            Ok(piece) => piece.map(|piece| (piece, Some(body))),
            Err(_) => Some((Err(PayloadError::Io(io::ErrorKind::TimedOut.into())), None)),
        }
    })
    // Some readers ask once more after the end.
    .fuse()
}

/// Whether a body ended because it did not arrive in time.
pub(super) fn is_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}
