//! `/api/v1/cases`: list them, read one, act on one as staff do.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::answer::{cursor, json, limit, next, query, single, with_status};
use super::caller::{Caller, Raw, read_json};
use super::problem::ApiError;
use super::problem_responses::Problems;
use super::shapes::{CaseDetail, CaseLocation, CaseOut, CounterOut, Page};
use crate::actions::{
    ActionError, Answer, ContactMade, OnceAnswer, Tx, answer_case, close_case, confirm_disabled, confirm_restored,
    disable_locations, extend_deadline, forward_case, note_case, once, record_contact, remind_customer,
    restore_locations, send_again,
};
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::base::ids::{CaseId, CustomerId, NoticeId, Reference};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::cases::answer::AnswerKind;
use crate::domain::cases::case::Outcome;
use crate::domain::cases::reached::ContactWay;
use crate::domain::record::event::Actor;
use crate::storage::cases::{self, Case, Place};
use crate::storage::disputes::counter_notices;
use crate::storage::intake::{notice_lists, notices};
use crate::storage::material::locations;
use crate::storage::{Conn, StorageError, customers};

/// Locations in one answer.
const LOCATIONS: i64 = 10_000;

/// Which cases, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Want {
    /// `received`, `review`, `forwarded`, `awaiting`, `answered`, `unanswered` or `closed`; the most urgent come first.
    #[param(pattern = "^(received|review|forwarded|awaiting|answered|unanswered|closed)$")]
    state: Option<String>,
    /// Account number of a customer; newest first. Not together with `state`.
    customer: Option<String>,
    /// `next` of the page before.
    #[param(pattern = "^[0-9]{1,18}(\\.[0-9]{1,18})?$")]
    cursor: Option<String>,
    /// Entries of a page; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

const STATES: [&str; 7] = ["received", "review", "forwarded", "awaiting", "answered", "unanswered", "closed"];

/// List cases
///
/// Newest first; of one state in the order of urgency.
#[utoipa::path(get, path = "/api/v1/cases", operation_id = "listCases", tag = "Cases", params(Want), security(("key" = [])),
    responses((status = 200, description = "A page", body = Page<CaseOut>), Problems))]
pub async fn list(app: Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CasesRead)?;
    let want: Want = query(&request)?;
    let limit = limit(want.limit)?;
    let cursor = cursor(want.cursor.as_deref())?;
    if want.state.is_some() && want.customer.is_some() {
        return Err(ApiError::fault("/customer", "choose either state or customer"));
    }
    if want.state.as_deref().is_some_and(|s| !STATES.contains(&s)) {
        return Err(ApiError::fault("/state", format!("write one of {}", STATES.join(", "))));
    }
    let by_state = want.state.is_some();
    let page = app.read(move |c| page(c, &want, cursor, limit)).await?;
    let next = next(&page, limit, |(case, _)| {
        let Place(at, id) = if by_state { cases::place(case) } else { Place(case.id.0, 0) };
        format!("{at}.{id}")
    });
    let page = Page { items: page.into_iter().map(|(_, out)| out).collect(), next };
    Ok(with_status(200, json(&page)?))
}

fn page(
    conn: &mut Conn,
    want: &Want,
    cursor: Option<(i64, i64)>,
    limit: i64,
) -> Result<Vec<(Case, CaseOut)>, StorageError> {
    let found = match (&want.state, &want.customer) {
        (Some(state), _) => cases::in_state(conn, state, None, cursor.map(|(at, id)| Place(at, id)), limit)?,
        (None, Some(account)) => match customers::by_external_id(conn, &account.replace('\0', ""))? {
            Some(customer) => cases::of_customer(conn, customer.id, cursor.map(|c| c.0), limit)?,
            None => Vec::new(),
        },
        (None, None) => cases::newest(conn, cursor.map(|c| c.0), limit)?,
    };
    let accounts = customers::get_many(conn, &found.iter().map(|c| c.customer_id).collect::<Vec<CustomerId>>())?;
    let references = notice_lists::references_of(conn, &found.iter().map(|c| c.notice_id).collect::<Vec<NoticeId>>())?;
    Ok(found
        .into_iter()
        .map(|case| {
            let account = accounts.iter().find(|a| a.id == case.customer_id).map(|a| a.external_id.clone());
            let notice = references.get(&case.notice_id).cloned();
            let out = CaseOut::of(&case, notice.unwrap_or_default(), account.unwrap_or_default());
            (case, out)
        })
        .collect())
}

fn detail(conn: &mut Conn, case: &Case) -> Result<CaseDetail, StorageError> {
    let customer = customers::get(conn, case.customer_id)?;
    let notice = notices::get(conn, case.notice_id)?;
    let rows = locations::of_case(conn, case.id, 0, LOCATIONS)?;
    Ok(CaseDetail {
        case: CaseOut::of(case, notice.reference.to_string(), customer.external_id),
        reported: rows.into_iter().map(CaseLocation::from).collect(),
        counter_notices: counter_notices::of_cases(conn, &[case.id])?.iter().map(CounterOut::from).collect(),
    })
}

fn find(conn: &mut Conn, reference: &str) -> Result<Case, StorageError> {
    let missing = || StorageError::NotFound { table: "cases", id: reference.to_owned() };
    let parsed: Reference = reference.parse().map_err(|_| missing())?;
    cases::by_reference(conn, &parsed)?.ok_or_else(missing)
}

/// Read a case
#[utoipa::path(get, path = "/api/v1/cases/{reference}", operation_id = "getCase", tag = "Cases",
    params(("reference" = String, Path, description = "Such as C-3F8R-9T2W", pattern = "^[A-Za-z0-9-]{1,20}$")), security(("key" = [])),
    responses((status = 200, description = "The case", body = CaseDetail, headers(("ETag" = String))), (status = 304, description = "Not changed since the ETag in If-None-Match"), Problems))]
pub async fn get(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CasesRead)?;
    let found = app
        .read(move |c| {
            let case = find(c, &path)?;
            detail(c, &case)
        })
        .await?;
    single(&request, &found)
}

/// What is done to a case.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Forward it to the customer, also one that waits for a review.
    Forward,
    /// Write to the customer again with a new link.
    Remind,
    /// Send the notice again, while nobody has been reached.
    SendAgain,
    /// Record that the customer was told in another way than by letter: `way`, `at` and `note`. The deadline runs from
    /// then.
    Reached,
    /// Put a note on the record: `note`.
    Note,
    /// Record what the customer answered: `answer`, and `note` where the answer needs words.
    Answer,
    /// Move the deadline: `by` and `reason`.
    Extend,
    /// Close it: `outcome` and `reason`.
    Close,
    /// Record that access was disabled: `reason`, and `locations` where it was not all of them.
    Disable,
    /// Confirm that access is disabled as `location.disable_requested` asked; `locations` where it was not all of them.
    ConfirmDisabled,
    /// Let access return: `reason`, and `locations` where it is not all of them. Not while a counter-notice runs.
    Restore,
    /// Confirm that access has returned as `location.restore_requested` asked; `locations` where it was not all of them.
    ConfirmRestored,
}

/// One step on a case. Which fields count depends on `action`.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionBody {
    action: ActionKind,
    #[serde(default)]
    #[validate(length(max = 4000, message = "at most 4,000 characters"))]
    note: String,
    /// `removed`, `removed_some`, `resolved`, `disputed`, `not_mine` or `more_time`.
    #[serde(default)]
    #[validate(length(max = 20, message = "at most 20 characters"))]
    answer: String,
    /// Such as `48h` or `7d`.
    #[serde(default)]
    #[validate(length(max = 20, message = "at most 20 characters"))]
    by: String,
    /// How the customer was told: `telephone`, `panel`, `post` or `in_person`.
    #[serde(default)]
    #[validate(length(max = 20, message = "at most 20 characters"))]
    way: String,
    /// When the customer was told, RFC 3339; not in the future.
    #[serde(default)]
    #[validate(length(max = 40, message = "at most 40 characters"))]
    at: String,
    /// `removed`, `resolved` or `no_action`.
    #[serde(default)]
    #[validate(length(max = 20, message = "at most 20 characters"))]
    outcome: String,
    /// Stays on the record.
    #[serde(default)]
    #[validate(length(max = 4000, message = "at most 4,000 characters"))]
    reason: String,
    /// Ids of locations, from `GET /cases/{reference}`. Left out: all of them. An empty list is refused, so that a
    /// selection that found nothing never acts on everything.
    #[serde(default)]
    #[validate(length(min = 1, max = 10_000, message = "1 to 10,000 locations; leave it out for all of them"))]
    #[schema(min_items = 1, max_items = 10_000)]
    locations: Option<Vec<i64>>,
}

/// The locations that a step is for: none named means all. The list itself is never empty.
type Chosen = Option<Vec<i64>>;

/// A step with its values read.
enum Step {
    Forward,
    Remind,
    SendAgain,
    Reached(ContactMade),
    Note(String),
    Answer(Answer),
    Extend(Span, String),
    Close(Outcome, String),
    Disable(String, Chosen),
    ConfirmDisabled(Chosen),
    Restore(String, Chosen),
    ConfirmRestored(Chosen),
}

impl ActionBody {
    fn step(self) -> Result<Step, ApiError> {
        Ok(match self.action {
            ActionKind::Forward => Step::Forward,
            ActionKind::Remind => Step::Remind,
            ActionKind::SendAgain => Step::SendAgain,
            ActionKind::Reached => {
                let ways = ContactWay::ALL.map(ContactWay::code).join(", ");
                let way = self.way.parse().map_err(|()| ApiError::fault("/way", format!("write one of {ways}")))?;
                let at = Moment::parse(&self.at);
                let at = at.ok_or_else(|| ApiError::fault("/at", "write a time such as 2026-03-10T14:22:00Z"))?;
                Step::Reached(ContactMade { way, at, note: self.note })
            }
            ActionKind::Note => Step::Note(self.note),
            ActionKind::Answer => {
                let kinds = AnswerKind::ALL.map(AnswerKind::code).join(", ");
                let kind =
                    self.answer.parse().map_err(|()| ApiError::fault("/answer", format!("write one of {kinds}")))?;
                Step::Answer(Answer { kind, note: self.note, files: Vec::new() })
            }
            ActionKind::Extend => {
                let by = self.by.parse().map_err(|e| ApiError::fault("/by", format!("{e}")))?;
                Step::Extend(by, self.reason)
            }
            ActionKind::Close => {
                let outcome = Outcome::from_code(&self.outcome).filter(|o| *o != Outcome::Disabled);
                let words = "write one of removed, resolved, no_action; to disable use the action disable";
                Step::Close(outcome.ok_or_else(|| ApiError::fault("/outcome", words))?, self.reason)
            }
            ActionKind::Disable => Step::Disable(self.reason, self.locations),
            ActionKind::ConfirmDisabled => Step::ConfirmDisabled(self.locations),
            ActionKind::Restore => Step::Restore(self.reason, self.locations),
            ActionKind::ConfirmRestored => Step::ConfirmRestored(self.locations),
        })
    }
}

fn act(tx: &mut Tx<'_>, id: CaseId, step: &Step, actor: &Actor) -> Result<(), ActionError> {
    match step {
        Step::Forward => forward_case(tx, id, actor),
        Step::Remind => remind_customer(tx, id, actor),
        Step::SendAgain => send_again(tx, id, actor),
        Step::Reached(made) => record_contact(tx, id, made, actor),
        Step::Note(note) => note_case(tx, id, note, actor),
        Step::Answer(answer) => answer_case(tx, id, answer, actor),
        Step::Extend(by, why) => extend_deadline(tx, id, *by, why, actor),
        Step::Close(outcome, why) => close_case(tx, id, *outcome, why, actor),
        Step::Disable(why, urls) => disable_locations(tx, id, urls.as_deref(), why, actor),
        Step::ConfirmDisabled(urls) => confirm_disabled(tx, id, urls.as_deref(), actor),
        Step::Restore(why, urls) => restore_locations(tx, id, urls.as_deref(), why, actor),
        Step::ConfirmRestored(urls) => confirm_restored(tx, id, urls.as_deref(), actor),
    }
}

/// Act on a case
///
/// What staff can do, recorded under the name of the key.
#[utoipa::path(post, path = "/api/v1/cases/{reference}/actions", operation_id = "actOnCase", tag = "Cases", request_body = ActionBody,
    params(("reference" = String, Path, description = "Such as C-3F8R-9T2W", pattern = "^[A-Za-z0-9-]{1,20}$"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body within 24 hours get the same answer and do nothing again", min_length = 1, max_length = 200)),
    security(("key" = [])),
    responses((status = 200, description = "The case after the step", body = CaseDetail), Problems))]
pub async fn actions(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    Raw(body): Raw,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CasesWrite)?;
    let step = read_json::<ActionBody>(&app, &body).await?.step()?;
    let repeat = caller.once(&format!("POST /cases/{path}/actions"), &body, None);
    let actor = caller.actor();
    let done = app.write(move |tx| {
        once(tx, repeat.as_ref(), |tx| {
            let case = find(tx.conn, &path)?;
            act(tx, case.id, &step, &actor)?;
            let after = cases::get(tx.conn, case.id)?;
            let json = serde_json::to_string(&detail(tx.conn, &after)?).unwrap_or_default();
            Ok(OnceAnswer { status: 200, json })
        })
    });
    let answer = done.await?;
    Ok(with_status(answer.status, answer.json))
}
