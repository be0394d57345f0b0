//! A letter as it was sent, or as it would be; the HTML part in a sandbox of its own. The token of a link is never shown.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::timeline::{delivery, letter_name};
use crate::actions::{ShownLetter, retry_letter, show_letter};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::{CaseId, LetterId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::page::{Mark, ok, see};
use crate::http::staff::layout::desk::Desk;
use crate::storage::cases;
use crate::storage::intake::notices;
use crate::storage::outbox::letters::LetterRow;

#[derive(Template)]
#[template(path = "staff/letter.html")]
struct LetterPage {
    desk: Desk,
    letter: LetterRow,
    name: &'static str,
    mark: Mark,
    text: String,
    /// Version of the wording, and digest, of a letter that was sent.
    sent: Option<(i32, String)>,
    written: Moment,
    settled: Option<Moment>,
    came_back: Option<Moment>,
    complained: Option<Moment>,
    case: Option<String>,
    notice: Option<String>,
}

impl LetterPage {
    /// What the text below is, where no server has accepted the letter.
    fn preview(&self) -> &'static str {
        match self.letter.state.as_str() {
            "failed" => "The mail server refused this letter. This is how it would read if it were sent now.",
            "withheld" | "gathered" => {
                "This letter was not sent on its own. This is how it would read if it were sent now."
            }
            _ => "Not sent yet. This is how it would read if it were sent now.",
        }
    }
    fn again(&self) -> bool {
        matches!(self.letter.state.as_str(), "failed" | "deferred" | "withheld")
    }
}

/// `GET /staff/letters/{id}`.
pub async fn show(app: Data<App>, who: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    let id = LetterId(path.into_inner());
    let desk = Desk::load(&app, who, "outbox").await?;
    let ShownLetter { letter, text, sent, .. } = app.prepare(move |tx| show_letter(tx, id)).await?;
    let (case, notice) = (letter.case_id.map(CaseId), letter.notice_id.map(NoticeId));
    let (case, notice) = app
        .read(move |c| {
            let case = case.map(|id| cases::get(c, id)).transpose()?;
            let notice = notice.map(|id| notices::get(c, id)).transpose()?;
            Ok((case.map(|c| c.reference.to_string()), notice.map(|n| n.reference.to_string())))
        })
        .await?;
    ok(&LetterPage {
        desk,
        name: letter_name(&letter.kind),
        mark: delivery(&letter).into(),
        text,
        sent: sent.map(|sent| (sent.template_version, hex(&sent.digest))),
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
    let shown = app.prepare(move |tx| show_letter(tx, id)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
        ))
        .body(shown.html))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// `POST /staff/letters/{id}/retry`.
pub async fn retry(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Agent)?;
    let (id, actor) = (LetterId(path.into_inner()), sent.staff.actor());
    app.write(move |tx| retry_letter(tx, id, &actor)).await?;
    Ok(see(&format!("/staff/letters/{id}")))
}
