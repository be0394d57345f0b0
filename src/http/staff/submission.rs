//! `GET /staff/submissions/{id}/read`: what arrived, in words, and for a person's letter the notice to complete
//! beside it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use validator::Validate;

use super::desk::Desk;
use crate::actions::{complete_letter, match_locations};
use crate::app::App;
use crate::domain::ids::Reference;
use crate::domain::location::Location;
use crate::domain::moment::Moment;
use crate::domain::reading::{Format, Reading};
use crate::domain::role::StaffRole;
use crate::formats::mail::{self, Mail};
use crate::formats::{letter, text_shown};
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{html, see};
use crate::http::public::{Fields, flatten};
use crate::storage::reviews::Review;
use crate::storage::submissions::SubmissionRow;
use crate::storage::{Conn, StorageError, reviews, submissions};

#[derive(Template)]
#[template(path = "staff/submission.html")]
struct SubmissionPage {
    desk: Desk,
    id: i64,
    received: Moment,
    row: SubmissionRow,
    /// The mail as read; nothing for other submissions.
    mail: Option<Mail>,
    /// What it says, cut to a length that can be read.
    text: String,
    facts: Vec<(String, String)>,
    notices: Vec<Reference>,
    reviews: Vec<Review>,
    /// Prefilled with what is certain, where it can be completed.
    fields: Option<Fields>,
    /// Addresses in it that are not our customers'.
    elsewhere: Vec<String>,
    errors: Errors,
}

impl SubmissionPage {
    fn elsewhere_words(&self) -> String {
        match self.elsewhere.len() {
            1 => "1 address in it is of no customer of ours".to_owned(),
            n => format!("{n} addresses in it are of no customer of ours"),
        }
    }
}

/// Shows the page.
pub async fn show(app: Data<App>, who: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(&app, who, "queue").await?;
    let id = path.into_inner();
    let page = app.read(move |c| load(c, desk, id)).await?;
    html(StatusCode::OK, &page)
}

fn load(conn: &mut Conn, desk: Desk, id: i64) -> Result<SubmissionPage, StorageError> {
    let row = submissions::get(conn, id)?;
    let notices = submissions::notices_of(conn, id)?;
    let mail = if row.channel == "mail" { mail::read(&row.body) } else { None };
    let facts = row.facts();
    let is_draft = facts.get("kind").and_then(|k| k.as_str()) == Some("draft") && notices.is_empty();
    let (mut fields, mut elsewhere) = (None, Vec::new());
    if let Some(mail) = mail.as_ref().filter(|_| is_draft) {
        let (hosted, others) = sort(conn, &mail.text, Moment(row.received_at))?;
        let reading = mail::draft(mail, |url| hosted.iter().any(|h| h == url));
        fields = Some(Fields::from_raw(&reading.raw));
        elsewhere = others;
    }
    let text = mail.as_ref().map_or_else(|| text_shown(&row.body), |m| m.text.clone());
    Ok(SubmissionPage {
        desk,
        id,
        received: Moment(row.received_at),
        text,
        facts: facts
            .iter()
            .map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
            .collect(),
        notices,
        reviews: reviews::of_submission(conn, id)?,
        mail,
        row,
        fields,
        elsewhere,
        errors: Errors::default(),
    })
}

/// The addresses in a letter: those of our customers, and the others.
fn sort(conn: &mut Conn, text: &str, at: Moment) -> Result<(Vec<String>, Vec<String>), StorageError> {
    let urls = letter::urls(text);
    let locations: Vec<Location> = urls.iter().map(|url| Location::read_url(url)).collect();
    let owners = match_locations(conn, &locations, at)?;
    let (mut hosted, mut others) = (Vec::new(), Vec::new());
    for (url, owner) in urls.into_iter().zip(owners) {
        if owner.is_some() { hosted.push(url) } else { others.push(url) }
    }
    Ok((hosted, others))
}

/// `POST /staff/submissions/{id}/read`: the completed notice.
pub async fn complete(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Agent)?;
    let id = path.into_inner();
    let fields = Fields::read(&form);
    let reading = Reading { format: Format::Letter, raw: fields.raw(), ..Reading::default() };
    let mut errors = Errors::default();
    if let Err(shape) = reading.raw.validate() {
        for (place, words) in flatten("", &shape) {
            errors.add(crate::http::public::field_of(&place), words);
        }
    }
    let max = app.config().intake.max_locations;
    if reading.raw.locations.len() > max {
        errors.add("urls", format!("At most {max} addresses fit in one notice"));
    }
    if !errors.is_empty() {
        let desk = Desk::load(&app, staff, "queue").await?;
        let mut page = app.read(move |c| load(c, desk, id)).await?;
        (page.fields, page.errors) = (Some(fields), errors);
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let actor = staff.actor();
    let received = app.write(move |tx| complete_letter(tx, id, &reading, &actor)).await?;
    Ok(see(&format!("/staff/notices/{}", received.reference)))
}
