//! `GET /staff/notices/{reference}`: a notice with its cases; and the original, as received.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::desk::Desk;
use super::timeline::{Entry, merge};
use crate::app::App;
use crate::domain::event::Subject;
use crate::domain::ids::Reference;
use crate::domain::moment::Moment;
use crate::domain::notice::Work;
use crate::http::access::Staff;
use crate::http::error::HttpError;
use crate::http::page::ok;
use crate::storage::cases::Case;
use crate::storage::locations::LocationRow;
use crate::storage::notices::NoticeRecord;
use crate::storage::submissions::SubmissionRow;
use crate::storage::{StorageError, cases, events, letters, locations, notices, submissions};

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
                works: notices::works(c, notice.id)?,
                cases: cases::of_notice(c, notice.id, 500)?,
                left_out: locations::left_out(c, notice.id, 200)?,
                submission: submissions::get(c, notice.submission_id)?,
                timeline: merge(&about, &letters::of_notice(c, notice.id)?),
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
