//! `GET /staff/notices/{reference}`: a notice with its cases; and the original, as received.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::actions::{ActionError, WithdrawScope, Withdrawing, withdraw_notice};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::Reference;
use crate::domain::base::moment::Moment;
use crate::domain::intake::notice::Work;
use crate::domain::record::event::Subject;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{html, ok, see};
use crate::http::staff::cases::timeline::{Entry, merge};
use crate::http::staff::layout::desk::Desk;
use crate::storage::cases::{self, Case};
use crate::storage::disputes::withdrawals::{self, Withdrawal};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::submissions::{self, SubmissionRow};
use crate::storage::intake::works;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::outbox::letters;
use crate::storage::record::events;
use crate::storage::senders::{self, Sender};
use crate::storage::{Conn, StorageError};

#[derive(Template)]
#[template(path = "staff/notice.html")]
struct NoticePage {
    desk: Desk,
    notice: NoticeRecord,
    works: Vec<Work>,
    cases: Vec<Case>,
    left_out: Vec<LocationRow>,
    submission: SubmissionRow,
    timeline: Vec<Entry>,
    sender: Option<Sender>,
    /// Notices that this one completes, is completed by, repeats.
    cures: Option<NoticeRecord>,
    cured_by: Option<NoticeRecord>,
    repeats: Option<NoticeRecord>,
    withdrawals: Vec<Withdrawal>,
}

impl NoticePage {
    fn digest(&self) -> String {
        self.submission.digest.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Shows a notice.
pub async fn show(app: Data<App>, who: Staff, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let reference: Reference = path.parse().map_err(|_| HttpError::NotFound)?;
    let desk = Desk::load(&app, who, "queue").await?;
    let page = app
        .read(move |c| {
            let missing = || StorageError::NotFound { table: "notices", id: reference.to_string() };
            let notice = notices::by_reference(c, &reference)?.ok_or_else(missing)?;
            let about = events::of(c, Subject::Notice(notice.id), None, 100)?;
            Ok(NoticePage {
                desk,
                works: works::of_notice(c, notice.id)?,
                cases: cases::of_notice(c, notice.id, 500)?,
                left_out: locations::left_out(c, notice.id, 200)?,
                submission: submissions::get(c, notice.submission_id)?,
                timeline: merge(&about, &letters::of_notice(c, notice.id)?),
                sender: notice.sender.map(|id| senders::get(c, id)).transpose()?,
                cures: notice.cures.map(|id| notices::get(c, id)).transpose()?,
                cured_by: notices::cured_by(c, notice.id)?,
                repeats: notice.duplicate_of.map(|id| notices::get(c, id)).transpose()?,
                withdrawals: withdrawals::of_notice(c, notice.id)?,
                notice,
            })
        })
        .await?;
    ok(&page)
}

/// `GET /staff/submissions/{id}`: the bytes as received, as a download that no browser runs.
pub async fn original(app: Data<App>, _: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    let id = path.into_inner();
    let row = app.read(move |c| submissions::get(c, id)).await?;
    let name = format!("submission-{id}-{}.txt", Moment(row.received_at).iso_day());
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}\"")))
        .body(row.body))
}

#[derive(Template)]
#[template(path = "staff/withdraw.html")]
struct WithdrawPage {
    desk: Desk,
    notice: NoticeRecord,
    cases: Vec<Case>,
    what: String,
    why: String,
    errors: Errors,
}

fn find(conn: &mut Conn, text: &str) -> Result<(NoticeRecord, Vec<Case>), StorageError> {
    let missing = || StorageError::NotFound { table: "notices", id: text.chars().take(20).collect() };
    let reference: Reference = text.parse().map_err(|_| missing())?;
    let notice = notices::by_reference(conn, &reference)?.ok_or_else(missing)?;
    let cases = cases::of_notice(conn, notice.id, 500)?;
    Ok((notice, cases))
}

/// `GET /staff/notices/{reference}/withdraw`.
pub async fn withdraw_page(app: Data<App>, who: Staff, path: Path<String>) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Agent)?;
    let (notice, cases) = app.read(move |c| find(c, &path)).await?;
    let desk = Desk::load(&app, who, "queue").await?;
    let (what, why) = (String::new(), String::new());
    ok(&WithdrawPage { desk, notice, cases, what, why, errors: Errors::default() })
}

/// The choice that stands for the whole notice.
const WHOLE: &str = "whole";

/// What is withdrawn, as chosen; nothing where the choice is none of the page.
fn scope(cases: &[Case], what: &str) -> Option<WithdrawScope> {
    let one = cases.iter().find(|c| c.reference.as_str() == what);
    match one {
        Some(case) => Some(WithdrawScope::Cases(vec![case.id])),
        None => (what == WHOLE).then_some(WithdrawScope::Whole),
    }
}

/// `POST /staff/notices/{reference}/withdraw`: the complainant told staff.
pub async fn withdraw(app: Data<App>, path: Path<String>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Agent)?;
    let (notice, cases) = app.read(move |c| find(c, &path)).await?;
    let (what, why) = (sent.form.get("what").to_owned(), sent.form.get("why").to_owned());
    let (id, actor, words) = (notice.id, sent.staff.actor(), why.clone());
    let mut errors = Errors::default();
    if why.is_empty() {
        errors.add("why", "Say how the complainant told you. It stays on the record.");
    }
    let scope = scope(&cases, &what);
    if scope.is_none() {
        errors.add("what", "Choose what is withdrawn");
    }
    if let Some(scope) = scope.filter(|_| errors.is_empty()) {
        let done =
            app.write(move |tx| withdraw_notice(tx, id, &scope, Withdrawing { via: "staff", why: &words }, &actor));
        match done.await {
            Ok(()) => return Ok(see(&format!("/staff/notices/{}", notice.reference))),
            Err(ActionError::Refused(words)) => errors.add("what", words),
            Err(other) => return Err(other.into()),
        }
    }
    let desk = Desk::load(&app, sent.staff, "queue").await?;
    html(StatusCode::UNPROCESSABLE_ENTITY, &WithdrawPage { desk, notice, cases, what, why, errors })
}
