//! The same step on many cases: chosen in the queue, confirmed here with one reason, done one by one, and
//! told for each what came of it.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::actions::{ActionError, disable_locations, extend_deadline, remind_customer};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::moment::Span;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::{Errors, Form};
use crate::http::page::html;
use crate::http::staff::cases::case::find;
use crate::http::staff::layout::desk::Desk;
use crate::storage::cases::Case;

/// Most cases at a time.
const MOST: usize = 100;

/// Which step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Remind,
    Extend,
    Disable,
}

impl Step {
    fn read(form: &Form) -> Result<Self, HttpError> {
        match form.get("do") {
            "remind" => Ok(Self::Remind),
            "extend" => Ok(Self::Extend),
            "disable" => Ok(Self::Disable),
            _ => Err(HttpError::BadRequest("This button is not known.".to_owned())),
        }
    }
    fn code(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Extend => "extend",
            Self::Disable => "disable",
        }
    }
    fn title(self) -> &'static str {
        match self {
            Self::Remind => "Send a reminder",
            Self::Extend => "Extend deadline",
            Self::Disable => "Disable the URLs",
        }
    }
}

/// A case and what came of the step, once it was tried.
struct Line {
    case: Case,
    done: Option<Result<(), String>>,
}

#[derive(Template)]
#[template(path = "staff/bulk.html")]
struct BulkPage {
    desk: Desk,
    step: Step,
    lines: Vec<Line>,
    errors: Errors,
    why: String,
    /// The step has been done.
    told: bool,
}

impl BulkPage {
    fn needs_reason(&self) -> bool {
        self.step != Step::Remind
    }
    fn extends(&self) -> bool {
        self.step == Step::Extend
    }
    fn good(&self) -> usize {
        self.lines.iter().filter(|l| matches!(l.done, Some(Ok(())))).count()
    }
}

/// Nothing was selected: the page says so and leads back.
async fn nothing_selected(app: &App, who: Staff, step: Step) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(app, who, "queue").await?;
    let mut errors = Errors::default();
    errors.add("back", "Select at least one case in the queue");
    let page = BulkPage { desk, step, lines: Vec::new(), errors, why: String::new(), told: false };
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn chosen(app: &App, form: &Form) -> Result<Vec<Case>, HttpError> {
    let references: Vec<String> = form.all("case").into_iter().map(str::to_owned).collect();
    if references.len() > MOST {
        return Err(HttpError::TooLarge(format!("{} cases; at most {MOST}", references.len())));
    }
    Ok(app.read(move |c| references.iter().map(|r| find(c, r)).collect()).await?)
}

/// `GET /staff/bulk`: asks to confirm.
pub async fn show(app: Data<App>, who: Staff, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Agent)?;
    let form = Form::read(&request.query_string().to_owned().into())?;
    let step = Step::read(&form)?;
    let cases = chosen(&app, &form).await?;
    if cases.is_empty() {
        return nothing_selected(&app, who, step).await;
    }
    let lines = cases.into_iter().map(|case| Line { case, done: None }).collect();
    let desk = Desk::load(&app, who, "queue").await?;
    html(StatusCode::OK, &BulkPage { desk, step, lines, errors: Errors::default(), why: String::new(), told: false })
}

/// `POST /staff/bulk`: does it, each case in a transaction of its own.
pub async fn submit(app: Data<App>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Agent)?;
    let step = Step::read(&form)?;
    let cases = chosen(&app, &form).await?;
    if cases.is_empty() {
        return nothing_selected(&app, staff, step).await;
    }
    let why = form.get("why").to_owned();
    let mut errors = Errors::default();
    if step != Step::Remind && why.is_empty() {
        errors.add("why", "Give a reason. It stays on the record.");
        let lines = cases.into_iter().map(|case| Line { case, done: None }).collect();
        let desk = Desk::load(&app, staff, "queue").await?;
        return html(StatusCode::UNPROCESSABLE_ENTITY, &BulkPage { desk, step, lines, errors, why, told: false });
    }
    let mut lines = Vec::with_capacity(cases.len());
    for case in cases {
        let result = act(&app, &case, step, &form, &staff).await;
        let done = match result {
            Ok(()) => Ok(()),
            Err(ActionError::Storage(error)) => match HttpError::from(error) {
                HttpError::Internal(cause) => return Err(HttpError::Internal(cause)),
                told => Err(told.to_string()),
            },
            Err(error) => Err(error.to_string()),
        };
        lines.push(Line { case, done: Some(done) });
    }
    let desk = Desk::load(&app, staff, "queue").await?;
    html(StatusCode::OK, &BulkPage { desk, step, lines, errors, why, told: true })
}

async fn act(app: &App, case: &Case, step: Step, form: &Form, staff: &Staff) -> Result<(), ActionError> {
    let (id, actor, why) = (case.id, staff.actor(), form.get("why").to_owned());
    match step {
        Step::Remind => app.write(move |tx| remind_customer(tx, id, &actor)).await,
        Step::Disable => app.write(move |tx| disable_locations(tx, id, None, &why, &actor)).await,
        Step::Extend => {
            let by = form.get("choice").parse::<Span>();
            let by = by.map_err(|_| ActionError::Refused("Choose by how much.".to_owned()))?;
            app.write(move |tx| extend_deadline(tx, id, by, &why, &actor)).await
        }
    }
}
