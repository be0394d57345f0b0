//! The stylesheet and the mark, compiled in.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../assets/safeharbor.css");

/// `GET /assets/safeharbor.css`: cached by its digest.
pub(super) async fn style(request: HttpRequest) -> HttpResponse {
    static TAG: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let hex: String = Sha256::digest(STYLE).iter().take(8).map(|b| format!("{b:02x}")).collect();
        format!("\"{hex}\"")
    });
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == TAG.as_bytes());
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, TAG.as_str())).insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    if known { response.finish() } else { response.content_type("text/css; charset=utf-8").body(STYLE) }
}

/// `GET /assets/mark.svg`: the icon in the browser's tab.
pub(super) async fn mark() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .content_type("image/svg+xml")
        .body(include_str!("../../assets/mark.svg"))
}
