//! Steps on a case that need words, each on a page of its own: record an answer, move the deadline, close,
//! disable. Nothing is done before the form is sent.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::case::find;
use crate::actions::{
    ActionError, Answer, ContactMade, answer_case, close_case, disable_locations, end_links, extend_deadline,
    record_contact, restore_locations,
};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::Outcome;
use crate::domain::cases::reached::ContactWay;
use crate::domain::outbox::webhook::WebhookKind;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::{Errors, Form};
use crate::http::page::{html, see};
use crate::http::staff::layout::desk::Desk;
use crate::storage::cases::Case;
use crate::storage::outbox::webhooks;

/// Which step, from the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Answer,
    Extend,
    Close,
    Disable,
    Restore,
    EndLinks,
    Reached,
}

impl Step {
    fn read(text: &str) -> Result<Self, HttpError> {
        match text {
            "answer" => Ok(Self::Answer),
            "extend" => Ok(Self::Extend),
            "close" => Ok(Self::Close),
            "disable" => Ok(Self::Disable),
            "restore" => Ok(Self::Restore),
            "end-links" => Ok(Self::EndLinks),
            "reached" => Ok(Self::Reached),
            _ => Err(HttpError::NotFound),
        }
    }
    fn title(self) -> &'static str {
        match self {
            Self::Answer => "Record an answer for the customer",
            Self::Extend => "Extend the deadline",
            Self::Close => "Close the case",
            Self::Disable => "Disable access",
            Self::Restore => "Restore access",
            Self::EndLinks => "End the customer’s links",
            Self::Reached => "Record that the customer was notified",
        }
    }
    /// As in the address.
    fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Extend => "extend",
            Self::Close => "close",
            Self::Disable => "disable",
            Self::Restore => "restore",
            Self::EndLinks => "end-links",
            Self::Reached => "reached",
        }
    }
    fn button(self) -> &'static str {
        match self {
            Self::Answer => "Record the answer",
            Self::Extend => "Extend the deadline",
            Self::Close => "Close the case",
            Self::Disable => "Disable access",
            Self::Restore => "Restore access",
            Self::EndLinks => "End the links",
            Self::Reached => "Record it",
        }
    }
}

#[derive(Template)]
#[template(path = "staff/case_step.html")]
struct StepPage {
    desk: Desk,
    case: Case,
    step: Step,
    errors: Errors,
    why: String,
    chosen: String,
    /// When the customer was told, in UTC.
    at: String,
    /// Locations ticked on the case page; none means all, where the step was not asked for those selected.
    urls: Vec<i64>,
    /// A system of the host is asked to act, and confirms.
    asks: bool,
}

impl StepPage {
    fn is(&self, step: &str) -> bool {
        Step::read(step).is_ok_and(|s| s == self.step)
    }
    fn answers(&self) -> [AnswerKind; 6] {
        AnswerKind::ALL
    }
    fn ways(&self) -> [ContactWay; 4] {
        ContactWay::ALL
    }
    fn outcomes(&self) -> [(Outcome, &'static str); 3] {
        [
            (Outcome::NoAction, "No strike; one that was counted is voided"),
            (Outcome::Resolved, "Both sides said so. No strike; one that was counted is voided"),
            (Outcome::Removed, "The material is gone. Counts as a strike"),
        ]
    }
}

/// Shows the page of a step.
pub async fn show(
    app: Data<App>,
    who: Staff,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Agent)?;
    let (reference, step) = path.into_inner();
    let step = Step::read(&step)?;
    let query = Form::read(&request.query_string().to_owned().into())?;
    let case = app.read(move |c| find(c, &reference)).await?;
    let Some(urls) = selected(&query) else {
        return Ok(see(&format!("/staff/cases/{}?selected=none#urls", case.reference)));
    };
    let asks = asks(&app, step).await?;
    let desk = Desk::load(&app, who, "queue").await?;
    let at = app.clock.now().iso().chars().take(16).collect();
    let (errors, why, chosen) = (Errors::default(), String::new(), String::new());
    html(StatusCode::OK, &StepPage { desk, case, step, errors, why, chosen, at, urls, asks })
}

/// Does the step; what the action refuses comes back as an error at the field.
pub async fn submit(app: Data<App>, path: Path<(String, String)>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Agent)?;
    let (reference, step) = path.into_inner();
    let step = Step::read(&step)?;
    let case = app.read(move |c| find(c, &reference)).await?;
    let Some(urls) = selected(&form) else {
        return Ok(see(&format!("/staff/cases/{}?selected=none#urls", case.reference)));
    };
    let done = act(&app, &case, step, &form, (&urls, &staff)).await;
    let words = match done {
        Ok(()) => return Ok(see(&format!("/staff/cases/{}", case.reference))),
        Err(ActionError::Refused(words)) => words,
        Err(other) => return Err(other.into()),
    };
    let mut errors = Errors::default();
    errors.add("why", words);
    let asks = asks(&app, step).await?;
    let desk = Desk::load(&app, staff, "queue").await?;
    let [why, chosen, at] = ["why", "choice", "at"].map(|name| form.get(name).to_owned());
    html(StatusCode::UNPROCESSABLE_ENTITY, &StepPage { desk, case, step, errors, why, chosen, at, urls, asks })
}

/// The addresses that a step is for; empty for all of them. Nothing for a selection without an address: it never means
/// all.
fn selected(form: &Form) -> Option<Vec<i64>> {
    let written = form.all("url");
    let urls: Vec<i64> = written.iter().filter_map(|v| v.parse().ok()).collect();
    let none = urls.len() < written.len() || (urls.is_empty() && form.ticked("selected"));
    (!none).then_some(urls)
}

/// Whether a system of the host listens and is asked to do it.
async fn asks(app: &App, step: Step) -> Result<bool, HttpError> {
    let kind = match step {
        Step::Disable => WebhookKind::DisableRequested,
        Step::Restore => WebhookKind::RestoreRequested,
        _ => return Ok(false),
    };
    let endpoints = app.read(webhooks::all).await?;
    Ok(endpoints.iter().any(|e| e.disabled_at.is_none() && e.kinds.contains(&kind)))
}

/// A day and time as a browser sends it, such as `2026-03-10T14:22`, in UTC.
fn read_minute(typed: &str) -> Option<Moment> {
    let typed = typed.trim();
    let seconds = if typed.len() == 16 { ":00" } else { "" };
    Moment::parse(&format!("{typed}{seconds}Z"))
}

async fn act(
    app: &App,
    case: &Case,
    step: Step,
    form: &Form,
    (urls, staff): (&[i64], &Staff),
) -> Result<(), ActionError> {
    let (id, actor, urls) = (case.id, staff.actor(), urls.to_vec());
    let (why, choice) = (form.get("why").to_owned(), form.get("choice").to_owned());
    let refuse = |words: &str| Err(ActionError::Refused(words.to_owned()));
    match step {
        Step::EndLinks => app.write(move |tx| end_links(tx, id, &why, &actor)).await,
        Step::Answer => {
            let Ok(kind) = choice.parse::<AnswerKind>() else { return refuse("Choose the answer the customer gave.") };
            let answer = Answer { kind, note: why, files: Vec::new() };
            app.write(move |tx| answer_case(tx, id, &answer, &actor)).await
        }
        Step::Extend => {
            let Ok(by) = choice.parse::<Span>() else { return refuse("Choose by how much.") };
            app.write(move |tx| extend_deadline(tx, id, by, &why, &actor)).await
        }
        Step::Close => {
            let Some(outcome) = Outcome::from_code(&choice).filter(|o| *o != Outcome::Disabled) else {
                return refuse("Choose how the case ends.");
            };
            app.write(move |tx| close_case(tx, id, outcome, &why, &actor)).await
        }
        Step::Reached => {
            let Ok(way) = choice.parse::<ContactWay>() else { return refuse("Choose how the customer was notified.") };
            let Some(at) = read_minute(form.get("at")) else { return refuse("Enter the day and time, in UTC.") };
            let made = ContactMade { way, at, note: why };
            app.write(move |tx| record_contact(tx, id, &made, &actor)).await
        }
        Step::Disable => {
            app.write(move |tx| {
                let only = if urls.is_empty() { None } else { Some(urls.as_slice()) };
                disable_locations(tx, id, only, &why, &actor)
            })
            .await
        }
        Step::Restore => {
            app.write(move |tx| {
                let only = if urls.is_empty() { None } else { Some(urls.as_slice()) };
                restore_locations(tx, id, only, &why, &actor)
            })
            .await
        }
    }
}
