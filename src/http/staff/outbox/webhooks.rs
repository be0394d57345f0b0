//! `GET /staff/webhooks`: endpoints, and every message to them with what they said.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::actions::{ActionError, add_endpoint, replay_delivery, rotate_secret, switch_endpoint};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::EndpointId;
use crate::domain::base::moment::Moment;
use crate::domain::outbox::webhook::WebhookKind;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{Mark, html, see};
use crate::http::staff::layout::desk::Desk;
use crate::storage::outbox::webhooks::{self, Delivery, Endpoint};

const PAGE: i64 = 50;

struct Line {
    delivery: Delivery,
    mark: Mark,
    when: String,
    again: bool,
}

#[derive(Template)]
#[template(path = "staff/webhooks.html")]
struct WebhooksPage {
    desk: Desk,
    endpoints: Vec<Endpoint>,
    errors: Errors,
    /// The address as typed.
    given: String,
    chosen: Vec<WebhookKind>,
    /// The secret that was just made.
    secret: Option<String>,
    /// The endpoint whose messages are listed.
    shown: Option<EndpointId>,
    lines: Vec<Line>,
    next: Option<i64>,
}

impl WebhooksPage {
    fn kinds(&self) -> [WebhookKind; 13] {
        WebhookKind::ALL
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn is_chosen(&self, kind: &WebhookKind) -> bool {
        self.chosen.contains(kind)
    }
    fn is_shown(&self, endpoint: &Endpoint) -> bool {
        self.shown == Some(endpoint.id)
    }
    fn list(&self, endpoint: &Endpoint) -> String {
        endpoint.kinds.iter().map(|k| k.code()).collect::<Vec<_>>().join(", ")
    }
    /// Until when an endpoint that failed too often is left alone.
    fn paused(&self, endpoint: &Endpoint) -> String {
        endpoint.paused(self.desk.now).map(Moment::long).unwrap_or_default()
    }
    fn overlap(&self, endpoint: &Endpoint) -> String {
        endpoint.previous_until(self.desk.now).map(Moment::long).unwrap_or_default()
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Want {
    endpoint: Option<i64>,
    before: Option<i64>,
}

async fn page(app: &App, who: Staff, want: &Want) -> Result<WebhooksPage, HttpError> {
    let desk = Desk::load(app, who, "webhooks").await?;
    let (wanted, before) = (want.endpoint, want.before);
    let (endpoints, shown, found) = app
        .read(move |c| {
            let endpoints = webhooks::all(c)?;
            let shown = wanted.map(EndpointId).or(endpoints.last().map(|e| e.id));
            let found = shown.map(|id| webhooks::deliveries(c, id, before, PAGE)).transpose()?.unwrap_or_default();
            Ok((endpoints, shown, found))
        })
        .await?;
    let full = found.len() == usize::try_from(PAGE).unwrap_or(0);
    let next = found.last().filter(|_| full).map(|d| d.id);
    let (errors, given) = (Errors::default(), String::new());
    let lines = found.into_iter().map(line).collect();
    Ok(WebhooksPage {
        desk,
        endpoints,
        errors,
        given,
        chosen: WebhookKind::ALL.to_vec(),
        secret: None,
        shown,
        lines,
        next,
    })
}

fn line(delivery: Delivery) -> Line {
    let mark = match delivery.state.as_str() {
        "delivered" => ("sent", "Taken"),
        "failed" => ("bounced", "Given up"),
        "deferred" => ("deferred", "Deferred"),
        "sending" => ("queued", "Sending"),
        _ => ("queued", "Queued"),
    };
    Line {
        mark: mark.into(),
        when: Moment(delivery.settled_at.unwrap_or(delivery.created_at)).stamp(),
        again: matches!(delivery.state.as_str(), "delivered" | "failed" | "deferred"),
        delivery,
    }
}

/// Shows the page.
pub async fn show(app: Data<App>, who: Staff, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Admin)?;
    html(StatusCode::OK, &page(&app, who, &want).await?)
}

/// Adds an endpoint.
pub async fn add(app: Data<App>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Admin)?;
    let url = form.get("url").to_owned();
    let kinds: Vec<WebhookKind> = form.all("kind").iter().filter_map(|k| k.parse().ok()).collect();
    let (actor, wanted, told) = (staff.actor(), url.clone(), kinds.clone());
    let added = app.write(move |tx| add_endpoint(tx, &wanted, &told, &actor)).await;
    let mut page = page(&app, staff, &Want::default()).await?;
    match added {
        Ok((_, secret)) => {
            page.secret = Some(secret);
            html(StatusCode::OK, &page)
        }
        Err(ActionError::Refused(words)) => {
            page.errors.add(if kinds.is_empty() { "kind-0" } else { "url" }, words);
            (page.given, page.chosen) = (url, kinds);
            html(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// Rotates the secret of an endpoint, or switches it off or on.
pub async fn change(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Admin)?;
    let (id, actor) = (EndpointId(path.into_inner()), staff.actor());
    match form.get("do") {
        "rotate" => {
            let secret = app.write(move |tx| rotate_secret(tx, id, &actor)).await?;
            let mut page = page(&app, staff, &Want { endpoint: Some(id.0), before: None }).await?;
            page.secret = Some(secret);
            return html(StatusCode::OK, &page);
        }
        "off" => app.write(move |tx| switch_endpoint(tx, id, false, &actor)).await?,
        "on" => app.write(move |tx| switch_endpoint(tx, id, true, &actor)).await?,
        _ => return Err(HttpError::BadRequest("This button is not known.".to_owned())),
    }
    Ok(see(&format!("/staff/webhooks?endpoint={id}")))
}

/// Sends a message again.
pub async fn replay(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Admin)?;
    let (id, actor) = (path.into_inner(), sent.staff.actor());
    app.write(move |tx| replay_delivery(tx, id, &actor)).await?;
    let endpoint = sent.form.get("endpoint").parse::<i64>().unwrap_or_default();
    Ok(see(&format!("/staff/webhooks?endpoint={endpoint}")))
}
