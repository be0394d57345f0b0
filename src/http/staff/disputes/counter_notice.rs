//! `GET` and `POST /staff/cases/{reference}/counter-notice`: a counter-notice that came by post or mail is entered by
//! staff, and `…/court-action/{id}`: a court action that the complainant told in another way. The statute asks for a
//! written communication to the designated agent, not for our form.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::actions::{ActionError, receive_counter_notice, receive_court_action};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::CounterId;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::intake::receipt_day::{self, WrongDay};
use crate::domain::material::location_state::LocationState;
use crate::domain::regimes::us_512::counter_notice::{CounterState, Jurisdiction, PERJURY, SERVICE};
use crate::http::access::{Staff, check_seal};
use crate::http::client;
use crate::http::customer::counter_fields::Fields;
use crate::http::customer::counter_notice::SHOWN;
use crate::http::error::HttpError;
use crate::http::form::{Errors, Form};
use crate::http::page::{html, see};
use crate::http::public::status::steps::read_court_action;
use crate::http::staff::cases::case::find;
use crate::http::staff::layout::desk::Desk;
use crate::http::uploads::SentFiles;
use crate::storage::cases::{self, Case};
use crate::storage::disputes::counter_notices::{self, Counter};
use crate::storage::intake::submissions::Submission;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::{Conn, StorageError};

#[derive(Template)]
#[template(path = "staff/counter_notice.html")]
struct CounterPage {
    desk: Desk,
    case: Case,
    disputable: Vec<LocationRow>,
    by_staff: bool,
    /// Day of receipt, as typed; today at first.
    received: String,
    fields: Fields,
    errors: Errors,
    perjury: &'static str,
    service: &'static str,
    us: String,
    outside: String,
}

fn disputable(conn: &mut Conn, case: &Case) -> Result<Vec<LocationRow>, StorageError> {
    let counters = counter_notices::of_cases(conn, &[case.id])?;
    let mut rows = locations::in_states(conn, case.id, &[LocationState::Disabled], None)?;
    let disputed =
        |r: &LocationRow| counters.iter().any(|c| r.counter_id == Some(c.id.0) && c.state != CounterState::Moot);
    rows.retain(|r| !disputed(r));
    rows.truncate(SHOWN);
    Ok(rows)
}

async fn page(
    app: &App,
    staff: Staff,
    case: Case,
    typed: Option<(Fields, String)>,
    errors: Errors,
) -> Result<HttpResponse, HttpError> {
    let of = case.clone();
    let rows = app.read(move |c| disputable(c, &of)).await?;
    let desk = Desk::load(app, staff, "queue").await?;
    let legal_name = &app.config().host.legal_name;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let all = || Fields { urls: rows.iter().map(|r| r.id).collect(), ..Fields::default() };
    let today = receipt_day::today(app.clock.now(), &app.config().agent.time_zone);
    let (fields, received) = typed.unwrap_or_else(|| (all(), today));
    let page = CounterPage {
        fields,
        received,
        desk,
        case,
        disputable: rows,
        by_staff: true,
        errors,
        perjury: PERJURY,
        service: SERVICE,
        us: Jurisdiction::UnitedStates.consent(legal_name),
        outside: Jurisdiction::Outside.consent(legal_name),
    };
    html(status, &page)
}

/// Shows the form.
pub async fn show(app: Data<App>, who: Staff, path: Path<String>) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Agent)?;
    let case = app.read(move |c| find(c, &path)).await?;
    page(&app, who, case, None, Errors::default()).await
}

/// Enters it with the day it was received: its clock counts from then, however late it is entered.
pub async fn submit(
    app: Data<App>,
    staff: Staff,
    path: Path<String>,
    request: HttpRequest,
    sent: SentFiles,
) -> Result<HttpResponse, HttpError> {
    staff.require(StaffRole::Agent)?;
    check_seal(&staff, &sent.form)?;
    let case = app.read(move |c| find(c, &path)).await?;
    let fields = Fields::read(&sent.form);
    let (said, mut errors) = fields.check_entered();
    for words in &sent.refused {
        errors.add("files", words.clone());
    }
    let typed = sent.form.get("received").to_owned();
    let (of, zone) = (case.clone(), app.config().agent.time_zone.clone());
    let rows = app.read(move |c| disputable(c, &of)).await?;
    let named = rows.iter().filter(|r| fields.urls.contains(&r.id)).map(|r| Moment(r.state_at));
    let disabled = named.max().unwrap_or(case.received_at);
    let received = receipt_day::received(&typed, app.clock.now(), disabled, &zone);
    let received = received.map_err(|wrong| errors.add("received", wrong.to_string())).ok();
    let Some(said) = said.filter(|_| errors.is_empty()) else {
        return page(&app, staff, case, Some((fields, typed)), errors).await;
    };
    let submission = Submission {
        sender_address: client::address(&request, &app),
        user_agent: client::agent(&request),
        ..Submission::new(counter_notices::ON_PAPER, "application/x-www-form-urlencoded", sent.body.to_vec())
    };
    let (id, files, actor) = (case.id, sent.files, staff.actor());
    match app.write(move |tx| receive_counter_notice(tx, id, &submission, (&said, received), &files, &actor)).await {
        Ok(_) => Ok(see(&format!("/staff/cases/{}", case.reference))),
        Err(ActionError::Refused(words)) => {
            errors.add("u0", words);
            page(&app, staff, case, Some((fields, typed)), errors).await
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "staff/court_action.html")]
struct CourtPage {
    desk: Desk,
    received: String,
    case: Case,
    counter: Counter,
    typed: Form,
    errors: Errors,
}

async fn find_counter(app: &App, path: (String, i64)) -> Result<(Case, Counter), HttpError> {
    let (reference, id) = path;
    Ok(app
        .read(move |c| {
            let counter = counter_notices::get(c, CounterId(id))?;
            let case = cases::get(c, counter.case)?;
            if case.reference.as_str() != reference {
                return Err(StorageError::NotFound { table: "counter_notices", id: id.to_string() });
            }
            Ok((case, counter))
        })
        .await?)
}

/// Shows the form for a court action.
pub async fn show_action(app: Data<App>, who: Staff, path: Path<(String, i64)>) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Agent)?;
    let (case, counter) = find_counter(&app, path.into_inner()).await?;
    let desk = Desk::load(&app, who, "queue").await?;
    let received = receipt_day::today(app.clock.now(), &app.config().agent.time_zone);
    html(
        StatusCode::OK,
        &CourtPage { desk, received, case, counter, typed: Form::default(), errors: Errors::default() },
    )
}

/// Enters a court action.
pub async fn submit_action(
    app: Data<App>,
    staff: Staff,
    path: Path<(String, i64)>,
    sent: SentFiles,
) -> Result<HttpResponse, HttpError> {
    staff.require(StaffRole::Agent)?;
    check_seal(&staff, &sent.form)?;
    let (case, counter) = find_counter(&app, path.into_inner()).await?;
    let today = (app.clock.now() + Span::hours(14)).iso_day();
    let mut errors = Errors::default();
    let action = match read_court_action(&sent.form).parse(&today) {
        Ok(action) => Some(action),
        Err(faults) => {
            errors.extend(faults);
            None
        }
    };
    for words in &sent.refused {
        errors.add("complaint", words.clone());
    }
    let typed = sent.form.get("received").to_owned();
    let received = receipt_day::received(&typed, app.clock.now(), counter.received_at, &app.config().agent.time_zone);
    let words = |wrong| match wrong {
        WrongDay::BeforeDisabling => "Enter a day of receipt that is not before the counter-notice".to_owned(),
        other => other.to_string(),
    };
    let received = received.map_err(|wrong| errors.add("received", words(wrong))).ok();
    let Some(action) = action.filter(|_| errors.is_empty()) else {
        let desk = Desk::load(&app, staff, "queue").await?;
        let page = CourtPage { desk, received: typed, case, counter, typed: sent.form, errors };
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let (files, actor, id) = (sent.files, staff.actor(), counter.id);
    app.write(move |tx| receive_court_action(tx, id, &action, (&files, received), "staff", &actor)).await?;
    Ok(see(&format!("/staff/cases/{}", case.reference)))
}
