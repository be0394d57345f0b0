//! Signing in: argon2id, a server-side session, throttled by account and network. The answer takes the same time and says
//! the same whether or not the account exists.

use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use tokio::sync::Semaphore;

use super::enter::enter;
use super::{device, second_step};
use crate::actions::{sign_in, sign_out};
use crate::app::App;
use crate::http::access::{self, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::{Errors, Sent};
use crate::http::limits::Limits;
use crate::http::page::html;
use crate::http::{client, seal};
use crate::password;
use crate::storage::access::{second_factors, staff};

/// Password checks at a time: each takes 19 MiB and about 14 ms of a core.
static CHECKS: Semaphore = Semaphore::const_new(4);

#[derive(Template)]
#[template(path = "staff/login.html")]
struct LoginPage {
    host: String,
    email: String,
    errors: Errors,
    csrf: String,
    session: String,
}

fn page(app: &App, email: &str, errors: Errors) -> Result<HttpResponse, HttpError> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = LoginPage {
        host: app.config().host.name.clone(),
        email: email.to_owned(),
        errors,
        csrf: seal::seal(&app.secret, "login", "login"),
        session: app.config().staff.session.as_period(),
    };
    html(status, &page)
}

/// Shows the page.
pub async fn show(app: Data<App>) -> Result<HttpResponse, HttpError> {
    page(&app, "", Errors::default())
}

/// Checks the password and opens a session.
pub async fn submit(
    app: Data<App>,
    limits: Data<Limits>,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse, HttpError> {
    let form = sent.form;
    if !seal::fits(&app.secret, "login", "login", form.get("csrf")) {
        return Err(HttpError::Stale);
    }
    let email = form.get("email").chars().take(254).collect::<String>();
    let known = device::known(&app, &request, &email);
    limits.sign_in.password(&email, &client::address(&request, &app), known.as_deref())?;
    let wanted = email.clone();
    let found = app.read(move |c| staff::by_email(c, &wanted)).await?;
    let given = form.typed("password").to_owned();
    let hash = found.as_ref().map(|(_, hash)| hash.clone());
    let right = {
        let _place = CHECKS.acquire().await.map_err(|_| HttpError::Internal("no place".to_owned()))?;
        tokio::task::spawn_blocking(move || password::verify(hash.as_deref(), &given)).await.unwrap_or(false)
    };
    let Some((member, _)) = found.filter(|_| right) else {
        let mut errors = Errors::default();
        errors.add("email", "The email address or the password is not right");
        return page(&app, &email, errors);
    };
    let id = member.id;
    if app.read(move |c| second_factors::since(c, id)).await?.is_some() {
        return second_step::ask(&app, id, known.is_some());
    }
    let token = app.write(move |tx| sign_in(tx, &member)).await?;
    Ok(enter(&app, &token, &email))
}

/// `POST /staff/logout`: ends the session.
pub async fn leave(app: Data<App>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let session = sent.staff.session;
    app.write(move |tx| sign_out(tx, &session)).await?;
    let secure = app.config().server.is_public_tls();
    let mut cookie = Cookie::build(access::cookie(&app), "").path("/").http_only(true).secure(secure).finish();
    cookie.make_removal();
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, "/staff/login")).finish())
}
