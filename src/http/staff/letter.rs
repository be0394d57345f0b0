//! A letter as written; the HTML part in a sandbox of its own. The secret of a link is never shown.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::desk::Desk;
use super::timeline::{delivery, letter_name};
use crate::actions::retry_letter;
use crate::app::App;
use crate::domain::ids::{CaseId, LetterId, NoticeId};
use crate::domain::letter_words::{Kept, Parts};
use crate::domain::moment::Moment;
use crate::domain::role::StaffRole;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::page::{Mark, ok, see};
use crate::storage::letters::{self, LetterRow};
use crate::storage::{cases, letter_words, notices};

#[derive(Template)]
#[template(path = "staff/letter.html")]
struct LetterPage {
    desk: Desk,
    letter: LetterRow,
    name: &'static str,
    mark: Mark,
    text: String,
    written: Moment,
    settled: Option<Moment>,
    came_back: Option<Moment>,
    complained: Option<Moment>,
    case: Option<String>,
    notice: Option<String>,
}

impl LetterPage {
    fn again(&self) -> bool {
        matches!(self.letter.state.as_str(), "failed" | "deferred" | "withheld")
    }
}

fn shown(words: &Kept) -> Result<Parts, HttpError> {
    words.shown().map_err(|damaged| HttpError::Internal(damaged.to_string()))
}

/// `GET /staff/letters/{id}`.
pub async fn show(app: Data<App>, who: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    let id = LetterId(path.into_inner());
    let desk = Desk::load(&app, who, "outbox").await?;
    let (letter, words, case, notice) = app
        .read(move |c| {
            let letter = letters::get(c, id)?;
            let words = letter_words::get(c, id)?;
            let case = letter.case_id.map(|id| cases::get(c, CaseId(id))).transpose()?;
            let notice = letter.notice_id.map(|id| notices::get(c, NoticeId(id))).transpose()?;
            Ok((letter, words, case.map(|c| c.reference.to_string()), notice.map(|n| n.reference.to_string())))
        })
        .await?;
    ok(&LetterPage {
        desk,
        name: letter_name(&letter.kind),
        mark: delivery(&letter).into(),
        text: shown(&words)?.text,
        written: Moment(letter.created_at),
        settled: letter.settled_at.map(Moment),
        came_back: letter.bounced_at.map(Moment),
        complained: letter.complained_at.map(Moment),
        case,
        notice,
        letter,
    })
}

/// `GET /staff/letters/{id}/html`: mail needs inline styles, so this answer has rules of its own.
pub async fn html_part(app: Data<App>, _: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    let id = LetterId(path.into_inner());
    let words = app.read(move |c| letter_words::get(c, id)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
        ))
        .body(shown(&words)?.html))
}

/// `POST /staff/letters/{id}/retry`.
pub async fn retry(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Agent)?;
    let (id, actor) = (LetterId(path.into_inner()), sent.staff.actor());
    app.write(move |tx| retry_letter(tx, id, &actor)).await?;
    Ok(see(&format!("/staff/letters/{id}")))
}
