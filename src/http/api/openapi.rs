//! The OpenAPI 3.1 document, made from the handlers and their types.

use std::sync::OnceLock;

use actix_web::HttpResponse;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::problem::{FieldProblem, Problem};
use super::{assets, batch, cases, customers, events, mail, notices, withdraw};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Safeharbor",
        description = "Copyright notices, the cases they open, and the customers they concern. JSON in and out; errors are problem details (RFC 9457) that name every fault at once. A list is read page by page with `cursor`. A key is sent as `Authorization: Bearer shk_…`.",
        license(name = "Apache License 2.0", identifier = "Apache-2.0")
    ),
    paths(
        notices::create, notices::list, notices::get, withdraw::create, batch::batch,
        cases::list, cases::get, cases::actions,
        customers::list, customers::get, customers::put, assets::list, assets::put, assets::delete, assets::import,
        events::list, mail::create,
    ),
    servers((url = "/", description = "The installation that serves this document")),
    components(schemas(Problem, FieldProblem)),
    tags(
        (name = "Notices", description = "Sent by rights holders and their agents"),
        (name = "Cases", description = "One notice against one customer"),
        (name = "Customers", description = "Accounts at the host, their contacts and assets"),
        (name = "Events", description = "The record"),
        (name = "Mail", description = "Incoming mail"),
    ),
    modifiers(&Key)
)]
struct Document;

struct Key;

impl Modify for Key {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("A key made at /staff/keys or by `safeharbor keys add`."))
                .build(),
        );
        document.components.get_or_insert_default().add_security_scheme("key", scheme);
    }
}

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// `GET /api/v1/openapi.json`.
pub async fn json() -> HttpResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_pretty_json().unwrap_or_default());
    HttpResponse::Ok().content_type("application/json").body(text.as_str())
}
