//! Somebody is signed in.

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;

use super::device;
use crate::app::App;
use crate::domain::access::token::PlainToken;
use crate::http::access;

/// The cookies of the session and of the browser, and the queue.
pub(in crate::http::staff) fn enter(app: &App, token: &PlainToken, email: &str) -> HttpResponse {
    let cookie = Cookie::build(access::cookie(app), token.reveal())
        .path("/")
        .http_only(true)
        .secure(app.config().server.is_public_tls())
        .same_site(SameSite::Lax)
        .finish();
    let device = device::cookie(app, email);
    HttpResponse::SeeOther().cookie(device).cookie(cookie).insert_header((header::LOCATION, "/staff/")).finish()
}
