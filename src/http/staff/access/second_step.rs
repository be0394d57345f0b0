//! The second step of signing in: a code of the app, or a recovery code. That the password was right is told by a sealed
//! ticket in the form, which ends after a few minutes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::enter::enter;
use crate::actions::{ActionError, pass_second_step};
use crate::app::App;
use crate::domain::base::ids::StaffId;
use crate::domain::base::moment::{Moment, Span};
use crate::http::error::HttpError;
use crate::http::form::{Errors, Sent};
use crate::http::limits::Limits;
use crate::http::page::html;
use crate::http::seal;

/// How long a right password counts.
const TICKET: Span = Span::minutes(5);

#[derive(Template)]
#[template(path = "staff/second_step.html")]
struct SecondStepPage {
    host: String,
    errors: Errors,
    ticket: String,
    seal: String,
}

/// Asks for the code, once the password was right.
pub(in crate::http::staff) fn ask(app: &App, who: StaffId, known: bool) -> Result<HttpResponse, HttpError> {
    let (until, nonce) = ((app.clock.now() + TICKET).0, app.context.entropy.bits());
    page(app, format!("{}.{until}.{}.{nonce:016x}", who.0, u8::from(known)), Errors::default())
}

fn page(app: &App, ticket: String, errors: Errors) -> Result<HttpResponse, HttpError> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let seal = seal::seal(&app.secret, "second step", &ticket);
    html(status, &SecondStepPage { host: app.config().host.name.clone(), errors, ticket, seal })
}

/// Whom a ticket is for, while it lasts, and whether the browser was known.
fn holder(app: &App, ticket: &str, given: &str) -> Option<(StaffId, bool)> {
    let mut parts = ticket.split('.');
    let (who, until, known) = (parts.next()?, parts.next()?, parts.next()?);
    if !seal::fits(&app.secret, "second step", ticket, given) {
        return None;
    }
    let until = Moment(until.parse().ok()?);
    (app.clock.now() < until).then_some((StaffId(who.parse().ok()?), known == "1"))
}

/// `POST /staff/login/code`: checks the code and opens a session.
pub async fn submit(app: Data<App>, limits: Data<Limits>, sent: Sent) -> Result<HttpResponse, HttpError> {
    let ticket = sent.form.get("ticket");
    let (who, known) = holder(&app, ticket, sent.form.get("seal")).ok_or(HttpError::Stale)?;
    limits.sign_in.code(ticket, who.0, known)?;
    let code = sent.form.get("code").to_owned();
    match app.write(move |tx| pass_second_step(tx, who, &code)).await {
        Ok((token, email)) => Ok(enter(&app, &token, &email)),
        Err(ActionError::Refused(words)) => {
            let mut errors = Errors::default();
            errors.add("code", words);
            // The same ticket: a wrong code does not make it last longer.
            page(&app, ticket.to_owned(), errors)
        }
        Err(other) => Err(other.into()),
    }
}
