//! `GET` and `POST /notices/new`: the form, its buttons, the page to check, and sending.

use std::sync::Arc;

use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::check;
use super::fields::{Fields, WorkFields};
use super::tally::Tally;
use crate::actions::{ActionError, match_locations, prepare_notice, receive_notice, receive_unreadable};
use crate::app::{App, NotParsed};
use crate::domain::access::token::{PlainToken, Purpose};
use crate::domain::intake::location::{Location, Place};
use crate::domain::intake::notice::RawNotice;
use crate::domain::intake::parsed_notice::ParsedNotice;
use crate::domain::regimes::us_512::statements;
use crate::http::error::HttpError;
use crate::http::form::{Errors, Form, Sent};
use crate::http::limits::Limits;
use crate::http::page::{Frame, Tag, html_of, see};
use crate::http::{client, seal};
use crate::storage::StorageError;
use crate::storage::access::links::{self, Target};
use crate::storage::intake::submissions::{self, Submission};
use crate::storage::intake::{notices, works};
use crate::storage::material::locations;

#[derive(Template)]
#[template(path = "public/notice_form.html")]
struct FormPage {
    frame: Frame,
    fields: Fields,
    errors: Errors,
    tally: Option<Tally>,
    now: crate::domain::base::moment::Moment,
    good_faith: &'static str,
    fair_use: &'static str,
    accurate: &'static str,
    authority: &'static str,
}

#[derive(Deserialize)]
pub struct Prefill {
    /// A private status link: the form is filled in with that notice.
    from: Option<String>,
}

/// The empty form, or one filled in from an earlier notice that lacked something.
pub async fn show(app: Data<App>, query: Query<Prefill>) -> Result<HttpResponse, HttpError> {
    let fields = match query.from.as_deref().and_then(PlainToken::parse) {
        Some(token) => prefill(&app, token).await?,
        None => Fields { works: vec![WorkFields::default()], ..Fields::default() },
    };
    page(&app, 0, fields, Errors::default(), None).await
}

/// What the form's buttons do. What was typed is gone through off the threads that answer.
pub async fn submit(
    app: Data<App>,
    limits: Data<Limits>,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse, HttpError> {
    let Sent { form, body } = sent;
    let size = body.len();
    let (form, mut fields) = app
        .parse(size, move || {
            let fields = Fields::read(&form);
            (form, fields)
        })
        .await?;
    match form.get("do") {
        "add-work" => fields.works.push(WorkFields::default()),
        "change" => {}
        "check-urls" => {
            let (fields, _, tally) = sort(&app, size, fields).await?;
            return page(&app, size, fields, Errors::default(), Some(tally)).await;
        }
        "send" => return send(&app, &limits, &request, &form, fields, body).await,
        other => match other.strip_prefix("remove-work-").and_then(|n| n.parse::<usize>().ok()) {
            Some(n) if fields.works.len() > 1 && (1..=fields.works.len()).contains(&n) => {
                fields.works.remove(n - 1);
            }
            Some(_) => fields.works = vec![WorkFields::default()],
            None => return check(&app, size, fields).await,
        },
    }
    page(&app, size, fields, Errors::default(), None).await
}

async fn page(
    app: &App,
    size: usize,
    fields: Fields,
    errors: Errors,
    tally: Option<Tally>,
) -> Result<HttpResponse, HttpError> {
    let status = if errors.is_empty() {
        actix_web::http::StatusCode::OK
    } else {
        actix_web::http::StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = FormPage {
        frame: Frame::new(app, Tag::Menu("report")),
        fields,
        errors,
        tally,
        now: app.clock.now(),
        good_faith: statements::GOOD_FAITH,
        fair_use: statements::FAIR_USE,
        accurate: statements::ACCURATE,
        authority: statements::AUTHORITY,
    };
    html_of(app, size, status, page).await
}

/// Every error at once, or the page to check before sending.
async fn check(app: &App, size: usize, fields: Fields) -> Result<HttpResponse, HttpError> {
    let (fields, _, errors) = checked(app, size, fields).await?;
    if !errors.is_empty() {
        return page(app, size, fields, errors, None).await;
    }
    let (fields, sorted, tally) = sort(app, size, fields).await?;
    let token = app.context.entropy.link(app.clock.now());
    check::show(app, size, fields, sorted, tally, &token).await
}

/// What was typed as a notice, and what is wrong with it.
async fn checked(app: &App, size: usize, fields: Fields) -> Result<(Fields, RawNotice, Errors), NotParsed> {
    let max = app.config().intake.max_locations;
    app.parse(size, move || {
        let raw = fields.raw();
        let errors = fields.check(&raw, max);
        (fields, raw, errors)
    })
    .await
}

/// Locations with whether each is hosted here. Says nothing about whose it is.
async fn sort(app: &App, size: usize, fields: Fields) -> Result<(Fields, Vec<(Location, bool)>, Tally), HttpError> {
    let (fields, notice) = app
        .parse(size, move || {
            let notice = fields.raw().understand();
            (fields, notice)
        })
        .await?;
    if notice.locations.len() > app.config().intake.max_locations {
        return Err(HttpError::TooLarge(format!("{} addresses in one notice", notice.locations.len())));
    }
    let now = app.clock.now();
    let list = notice.locations.clone();
    let owners = app.read(move |c| match_locations(c, &list, now)).await?;
    let unreadable = notice.locations.iter().filter(|l| matches!(l.place, Place::Unreadable(_))).count();
    let hosted = owners.iter().flatten().count();
    let tally = Tally {
        addresses: notice.locations.len(),
        duplicates: notice.repeated,
        hosted,
        not_ours: notice.locations.len() - hosted - unreadable,
        unreadable,
    };
    let sorted = notice.locations.into_iter().zip(owners.iter().map(Option::is_some)).collect();
    Ok((fields, sorted, tally))
}

/// Sends. The sealed token makes a double click or a reload harmless: the second one finds the first.
async fn send(
    app: &App,
    limits: &Limits,
    request: &HttpRequest,
    form: &Form,
    fields: Fields,
    body: Bytes,
) -> Result<HttpResponse, HttpError> {
    let size = body.len();
    let raw = match checked(app, size, fields).await {
        Ok((fields, _, errors)) if !errors.is_empty() => return page(app, size, fields, errors, None).await,
        Ok((_, raw, _)) => Ok(raw),
        Err(why) => Err(why),
    };
    let token = PlainToken::parse(form.get("submission")).ok_or(HttpError::Stale)?;
    if !seal::fits(&app.secret, "notice", token.reveal(), form.get("seal")) {
        return Err(HttpError::Stale);
    }
    let address = client::address(request, app);
    limits.notice(&address)?;
    let submission = Submission {
        sender_address: address,
        user_agent: client::agent(request),
        ..Submission::new("form", "application/x-www-form-urlencoded", body.to_vec())
    };
    match raw {
        Ok(raw) => take(app, submission, ParsedNotice::from(raw), token).await,
        Err(why) => Err(keep_unread(app, submission, why).await),
    }
}

/// Keeps a notice that could not be read in time, for staff to read; the page tells its sender so.
async fn keep_unread(app: &App, submission: Submission, why: NotParsed) -> HttpError {
    let problem = why.to_string();
    match app.write(move |tx| receive_unreadable(tx, &submission, &problem)).await {
        Ok(id) => {
            tracing::warn!(submission = id, %why, "a form was kept unread");
            HttpError::KeptUnread(id)
        }
        Err(error) => error.into(),
    }
}

/// Takes a notice that was sent with a form, and leads to its receipt. What can be prepared beside the writer is;
/// where that fails, the write does it and says why.
pub(in crate::http::public) async fn take(
    app: &App,
    submission: Submission,
    reading: ParsedNotice,
    token: PlainToken,
) -> Result<HttpResponse, HttpError> {
    let receipt = see(&format!("/notices/sent/{}", token.reveal()));
    let (submission, parsed) = app
        .parse_submission(submission, move |_| {
            reading.understood();
            reading
        })
        .await;
    let reading = match parsed {
        Ok(reading) => Arc::new(reading),
        Err(why) => return Err(keep_unread(app, submission, why).await),
    };
    let (link, read) = (token.clone(), Arc::clone(&reading));
    let prepared = app.prepare(move |tx| prepare_notice(tx, &read, link)).await.ok();
    match app.write(move |tx| receive_notice(tx, submission, (&reading, prepared.as_ref()), &token)).await {
        // The first click of a double click was faster on another connection: its receipt is this one's.
        Ok(_) | Err(ActionError::Storage(StorageError::Conflict { table: submissions::TABLE, .. })) => Ok(receipt),
        Err(error) => Err(error.into()),
    }
}

/// The form filled in with what a sender sent before: nobody has to start again. A link that has ended fills in nothing.
async fn prefill(app: &App, token: PlainToken) -> Result<Fields, HttpError> {
    let now = app.clock.now();
    let found = app
        .read(move |c| {
            let found = links::find_open(c, &token, Purpose::Status, now)?;
            let Some(Target::Notice(id)) = found else { return Ok(None) };
            let notice = notices::get(c, id)?;
            let works = works::of_notice(c, id)?;
            Ok(Some((notice, works, locations::of_notice(c, id, 0, 100_000)?)))
        })
        .await?;
    let (notice, works, rows) = found.ok_or(HttpError::LinkShut)?;
    let network = rows.iter().find(|l| l.kind == "network");
    let urls: Vec<&str> = rows.iter().filter(|l| l.kind != "network").map(|l| l.as_written.as_str()).collect();
    let mut fields = Fields {
        agent: notice.complainant.role == crate::domain::intake::notice::Role::Agent,
        owner: notice.rights_owner,
        organization: notice.complainant.organization,
        name: notice.complainant.name,
        email: notice.complainant.email_written,
        phone: notice.complainant.phone,
        post: notice.complainant.address,
        works: works
            .into_iter()
            .map(|w| WorkFields { title: w.title, description: w.description, original: w.original.replace('\n', " ") })
            .collect(),
        by_ip: urls.is_empty() && network.is_some(),
        urls: urls.join("\n"),
        ..Fields::default()
    };
    if let Some(row) = network {
        let written = row.as_written.split(' ').next().unwrap_or_default();
        let socket = written.parse::<std::net::SocketAddr>().ok();
        fields.ip = socket.map_or_else(|| written.to_owned(), |s| s.ip().to_string());
        fields.port = socket.map(|s| s.port().to_string()).unwrap_or_default();
        let seen = row.observed_at.map(|at| crate::domain::base::moment::Moment(at).iso()).unwrap_or_default();
        fields.seen_date = seen.get(..10).unwrap_or_default().to_owned();
        fields.seen_time = seen.get(11..16).unwrap_or_default().to_owned();
        fields.ip_detail.clone_from(&row.detail);
    }
    if fields.works.is_empty() {
        fields.works.push(WorkFields::default());
    }
    Ok(fields)
}
