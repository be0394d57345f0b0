//! `GET` and `POST /respond/{token}/counter-notice`: what a counter-notice is, who gets it, and the form for it.
//! 17 USC 512(g)(3).

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::counter_fields::Fields;
use super::new_link;
use super::respond::{Opened, frame, load};
use crate::actions::{ActionError, receive_counter_notice};
use crate::app::App;
use crate::domain::access::token::PlainToken;
use crate::domain::base::moment::Moment;
use crate::domain::record::event::Actor;
use crate::domain::regimes::us_512::counter_notice::{Jurisdiction, PERJURY, SERVICE};
use crate::domain::regimes::us_512::put_back::PutBack;
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{Frame, Tag, html, see};
use crate::http::uploads::SentFiles;
use crate::http::{client, seal};
use crate::storage::disputes::counter_notices;
use crate::storage::intake::submissions::Submission;
use crate::storage::material::locations::LocationRow;

/// Disputable addresses on one page.
pub(in crate::http) const SHOWN: usize = 1000;

#[derive(Template)]
#[template(path = "customer/counter_notice.html")]
struct CounterPage {
    frame: Frame,
    opened: Opened,
    disputable: Vec<LocationRow>,
    by_staff: bool,
    can_answer: bool,
    fields: Fields,
    errors: Errors,
    action: String,
    back: String,
    csrf: String,
    now: Moment,
    /// If it were sent now.
    window: PutBack,
    perjury: &'static str,
    service: &'static str,
    us: String,
    outside: String,
}

/// Shows the form, or why there is nothing to dispute.
pub async fn show(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let (token, opened) = match load(&app, &path, 0).await? {
        Ok(found) => found,
        Err(shut) => return new_link::explain(&app, shut),
    };
    let fields = Fields { urls: opened.disputable().iter().map(|r| r.id).collect(), ..Fields::default() };
    page(&app, opened, &token, fields, Errors::default())
}

/// Receives the counter-notice.
pub async fn submit(
    app: Data<App>,
    path: Path<String>,
    request: HttpRequest,
    sent: SentFiles,
) -> Result<HttpResponse, HttpError> {
    let (token, opened) = match load(&app, &path, 0).await? {
        Ok(found) => found,
        Err(shut) => return new_link::explain(&app, shut),
    };
    if !seal::fits(&app.secret, "respond", token.reveal(), sent.form.get("csrf")) {
        return Err(HttpError::Stale);
    }
    let fields = Fields::read(&sent.form);
    let (said, mut errors) = fields.check();
    for words in &sent.refused {
        errors.add("files", words.clone());
    }
    let Some(said) = said.filter(|_| errors.is_empty()) else { return page(&app, opened, &token, fields, errors) };
    let submission = Submission {
        sender_address: client::address(&request, &app),
        user_agent: client::agent(&request),
        ..Submission::new(counter_notices::BY_LINK, "application/x-www-form-urlencoded", sent.body.to_vec())
    };
    let (id, files) = (opened.case.id, sent.files);
    let done = app
        .write(move |tx| receive_counter_notice(tx, id, &submission, (&said, None), &files, &Actor::CustomerLink))
        .await;
    match done {
        Ok(_) => Ok(see(&format!("/respond/{}", token.reveal()))),
        Err(ActionError::Refused(words)) => {
            errors.add("u0", words);
            page(&app, opened, &token, fields, errors)
        }
        Err(other) => Err(other.into()),
    }
}

fn page(
    app: &App,
    opened: Opened,
    token: &PlainToken,
    fields: Fields,
    errors: Errors,
) -> Result<HttpResponse, HttpError> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (now, config) = (app.clock.now(), app.config());
    let page = CounterPage {
        frame: frame(app, &opened),
        disputable: opened.disputable().into_iter().take(SHOWN).collect(),
        by_staff: false,
        can_answer: opened.case.state.open_for_answer(now),
        fields,
        errors,
        action: format!("/respond/{}/counter-notice", token.reveal()),
        back: format!("/respond/{}", token.reveal()),
        csrf: seal::seal(&app.secret, "respond", token.reveal()),
        now,
        window: PutBack::after(now, &config.agent.time_zone),
        perjury: PERJURY,
        service: SERVICE,
        us: Jurisdiction::UnitedStates.consent(&config.host.legal_name),
        outside: Jurisdiction::Outside.consent(&config.host.legal_name),
        opened,
    };
    html(status, &page)
}
