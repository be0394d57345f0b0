//! For those who watch the service.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::app::App;
use crate::storage::staff;

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /readyz`: the database answers too.
pub(super) async fn readyz(app: Data<App>) -> HttpResponse {
    match app.read(staff::all).await {
        Ok(_) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            HttpResponse::ServiceUnavailable().content_type("text/plain").body("the database does not answer\n")
        }
    }
}
