//! Links that do not open each say why, and how to get a new one. `POST /respond/new-link` sends it to the
//! contacts on the account and says the same whether or not the case exists.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::shut_link::Shut;
use crate::actions::renew_link;
use crate::app::App;
use crate::domain::base::ids::{Kind, Reference};
use crate::http::error::HttpError;
use crate::http::form::{Errors, Sent};
use crate::http::limits::Limits;
use crate::http::page::{Frame, Tag, html};
use crate::http::{client, seal};

/// An answer takes at least so long, so that the time it takes does not tell whether there is such a case.
const SAME_TIME: Duration = Duration::from_millis(250);

#[derive(Template)]
#[template(path = "customer/link_shut.html")]
struct ShutPage {
    frame: Frame,
    title: &'static str,
    words: String,
    typed: String,
    errors: Errors,
    csrf: String,
    /// A new link is on its way; no form.
    sent: bool,
}

fn page(app: &App, title: &'static str, words: String) -> ShutPage {
    ShutPage {
        frame: Frame::new(app, Tag::Private("Private link".to_owned())),
        title,
        words,
        typed: String::new(),
        errors: Errors::default(),
        csrf: seal::seal(&app.secret, "new-link", "new-link"),
        sent: false,
    }
}

/// The page of a link that does not open.
pub(super) fn explain(app: &App, shut: Shut) -> Result<HttpResponse, HttpError> {
    let lifetime = app.config().mail.link_lifetime.as_period();
    let (status, title, words) = match shut {
        Shut::Mistyped => (
            StatusCode::NOT_FOUND,
            "This link is not complete",
            "Part of it is missing or was changed, perhaps where the mail program broke the line. Copy the whole link from our letter.".to_owned(),
        ),
        Shut::Expired(at) => (
            StatusCode::GONE,
            "This link no longer works",
            format!("Links in our letters work for {lifetime}. This one ended on {}.", at.long()),
        ),
        Shut::Revoked(at) => (
            StatusCode::GONE,
            "This link was ended",
            format!("We ended it on {}. A link in a later letter works, or ask for a new one.", at.long()),
        ),
    };
    html(status, &page(app, title, words))
}

/// Sends a new link.
pub async fn submit(
    app: Data<App>,
    limits: Data<Limits>,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse, HttpError> {
    let form = sent.form;
    if !seal::fits(&app.secret, "new-link", "new-link", form.get("csrf")) {
        return Err(HttpError::Stale);
    }
    let typed = form.get("case");
    let Some(reference) = typed.parse::<Reference>().ok().filter(|r| r.kind() == Kind::Case) else {
        let mut page = page(&app, "Get a new link", "We send it to the contact address on the account.".to_owned());
        page.typed = typed.chars().take(40).collect();
        page.errors.add("case", "Enter the case reference from the subject of our letter, like C-3F8R-9T2W");
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    limits.renewal(&client::address(&request, &app))?;
    let (done, ()) = tokio::join!(app.write(move |tx| renew_link(tx, &reference)), tokio::time::sleep(SAME_TIME));
    done?;
    let words = "If there is an open case with this reference, a letter with a new link is on its way to the contacts on the account. Links that you have go on working until they expire. We write at most three times a day.";
    let mut page = page(&app, "Check your email", words.to_owned());
    page.sent = true;
    html(StatusCode::OK, &page)
}
