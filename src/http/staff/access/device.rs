//! The cookie of a browser in which somebody signed in before (OWASP, "Device Cookies"). It opens nothing; attempts from
//! there have a count of their own, so that strangers who guess do not keep the owner out.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::app::App;
use crate::domain::base::moment::{Moment, Span};
use crate::http::seal;

/// How long a browser is known after the last sign-in.
const KNOWN: Span = Span::days(365);
const PURPOSE: &str = "device";

fn name(app: &App) -> &'static str {
    if app.config().server.is_public_tls() { "__Host-safeharbor_device" } else { "safeharbor_device" }
}

fn sealed(email: &str, nonce: &str) -> String {
    format!("{}\n{nonce}", email.to_lowercase())
}

/// What tells this browser from others, where somebody signed in here with this email address within a year.
pub(in crate::http::staff) fn known(app: &App, request: &HttpRequest, email: &str) -> Option<String> {
    let cookie = request.cookie(name(app))?;
    let (nonce, given) = cookie.value().rsplit_once('.')?;
    let until = Moment(nonce.split_once('-')?.0.parse().ok()?);
    let ours = seal::fits(&app.secret, PURPOSE, &sealed(email, nonce), given);
    (ours && app.clock.now() < until).then(|| nonce.to_owned())
}

/// The cookie for somebody who has just signed in.
pub(in crate::http::staff) fn cookie(app: &App, email: &str) -> Cookie<'static> {
    let until = app.clock.now() + KNOWN;
    let nonce = format!("{}-{:016x}{:016x}", until.0, app.context.entropy.bits(), app.context.entropy.bits());
    let seal = seal::seal(&app.secret, PURPOSE, &sealed(email, &nonce));
    Cookie::build(name(app), format!("{nonce}.{seal}"))
        .path("/")
        .http_only(true)
        .secure(app.config().server.is_public_tls())
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(KNOWN.0 / 1_000_000))
        .finish()
}
