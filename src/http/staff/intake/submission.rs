//! `GET /staff/submissions/{id}/read`: what arrived, in words, and for a person's letter the notice to complete
//! beside it.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use validator::Validate;

use crate::actions::{complete_letter, match_locations, may_become_notice};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::Reference;
use crate::domain::base::moment::Moment;
use crate::domain::intake::location::Location;
use crate::domain::intake::notice::RawNotice;
use crate::domain::intake::parsed_notice::{Format, ParsedNotice};
use crate::formats::mail::{self, Mail};
use crate::formats::{letter, text_shown};
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{html, see};
use crate::http::public::{Fields, flatten};
use crate::http::staff::layout::desk::Desk;
use crate::storage::StorageError;
use crate::storage::cases::reviews::{self, Review};
use crate::storage::intake::submissions::{self, SubmissionRow};

#[derive(Template)]
#[template(path = "staff/submission.html")]
struct SubmissionPage {
    desk: Desk,
    id: i64,
    received: Moment,
    row: Arc<SubmissionRow>,
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
            1 => "1 address does not belong to any of our customers".to_owned(),
            n => format!("{n} addresses do not belong to any of our customers"),
        }
    }
}

/// Shows the page.
pub async fn show(app: Data<App>, who: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    let desk = Desk::load(&app, who, "queue").await?;
    html(StatusCode::OK, &load(&app, desk, path.into_inner()).await?)
}

async fn load(app: &App, desk: Desk, id: i64) -> Result<SubmissionPage, HttpError> {
    let stored = app.read(move |c| {
        Ok::<_, StorageError>((
            submissions::get(c, id)?,
            submissions::notices_of(c, id)?,
            reviews::of_submission(c, id)?,
        ))
    });
    let (row, notices, reviews) = stored.await?;
    let received = Moment(row.received_at);
    let row = Arc::new(row);
    let mut facts: Vec<(String, String)> =
        row.facts().iter().map(|(k, v)| (k.clone(), v.as_str().map_or_else(|| v.to_string(), str::to_owned))).collect();
    let is_draft = may_become_notice(&row) && notices.is_empty();
    let shared = Arc::clone(&row);
    let read = app.parse(row.body.len(), move || Opened::read(&shared, is_draft)).await;
    let mut opened = read.unwrap_or_else(|why| {
        facts.push(("not read now".to_owned(), why.to_string()));
        Opened { text: text_shown(&row.body), ..Opened::default() }
    });
    let (fields, elsewhere) = match opened.mail.take_if(|_| is_draft) {
        Some(mail) => {
            let (mail, fields, elsewhere) = draft(app, mail, opened.urls, received).await?;
            opened.mail = Some(mail);
            (Some(fields), elsewhere)
        }
        // It cannot be read now either: staff fill in everything.
        None if is_draft => (Some(Fields::from_raw(&RawNotice::default())), Vec::new()),
        None => (None, Vec::new()),
    };
    let (mail, text, errors) = (opened.mail, opened.text, Errors::default());
    Ok(SubmissionPage { desk, id, received, row, mail, text, facts, notices, reviews, fields, elsewhere, errors })
}

/// A submission as far as it can be read without the database.
#[derive(Default)]
struct Opened {
    mail: Option<Mail>,
    text: String,
    /// The addresses in a letter that can be completed.
    urls: Vec<(String, Location)>,
}

impl Opened {
    fn read(row: &SubmissionRow, is_draft: bool) -> Self {
        let mail = if row.channel == "mail" { mail::read(&row.body) } else { None };
        let text = mail.as_ref().map_or_else(|| text_shown(&row.body), |m| m.text.clone());
        let urls = if is_draft { letter::urls(&text) } else { Vec::new() };
        let urls = urls.into_iter().map(|url| (Location::read_url(&url), url)).map(|(place, url)| (url, place));
        Self { urls: urls.collect(), mail, text }
    }
}

/// The form filled in from a letter with what is certain, and the addresses in it that are not our customers'.
async fn draft(
    app: &App,
    mail: Mail,
    urls: Vec<(String, Location)>,
    at: Moment,
) -> Result<(Mail, Fields, Vec<String>), HttpError> {
    let (urls, locations): (Vec<String>, Vec<Location>) = urls.into_iter().unzip();
    let owners = app.read(move |c| match_locations(c, &locations, at)).await?;
    let (mut hosted, mut others) = (HashSet::new(), Vec::new());
    for (url, owner) in urls.into_iter().zip(owners) {
        if owner.is_some() {
            hosted.insert(url);
        } else {
            others.push(url);
        }
    }
    let size = mail.text.len();
    let context = Arc::clone(&app.context);
    let fill = move || {
        let is_own = |address: &EmailAddress| context.config.is_own_address(address);
        let reading = mail::draft(&mail, is_own, |url| hosted.contains(url));
        (Fields::from_raw(&reading.raw), mail)
    };
    let (fields, mail) = app.parse(size, fill).await?;
    Ok((mail, fields, others))
}

/// `POST /staff/submissions/{id}/read`: the completed notice.
pub async fn complete(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Agent)?;
    let id = path.into_inner();
    let fields = Fields::read(&form);
    let reading = ParsedNotice { format: Format::Letter, raw: fields.raw(), ..ParsedNotice::default() };
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
        let mut page = load(&app, desk, id).await?;
        (page.fields, page.errors) = (Some(fields), errors);
        return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let actor = staff.actor();
    let received = app.write(move |tx| complete_letter(tx, id, &reading, &actor)).await?;
    Ok(see(&format!("/staff/notices/{}", received.reference)))
}
