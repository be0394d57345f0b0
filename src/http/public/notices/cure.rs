//! `GET` and `POST /n/{token}/cure`: exactly what is missing, beside the notice as it was sent. The whole notice is
//! sent again with what is added: all elements stand in one communication, with its own time of receipt; none is
//! collected from several incomplete ones. 17 USC 512(c)(3)(B)(ii).

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use validator::Validate;

use super::cure_fields::Additions;
use super::form::take;
use super::receipt::open;
use crate::app::App;
use crate::domain::access::token::PlainToken;
use crate::domain::base::ids::NoticeId;
use crate::domain::base::moment::Moment;
use crate::domain::intake::notice::{RawNotice, Work};
use crate::domain::intake::parsed_notice::ParsedNotice;
use crate::domain::regimes::us_512::elements::{Class, Element};
use crate::domain::regimes::us_512::finding::Code;
use crate::domain::regimes::us_512::statements;
use crate::domain::regimes::us_512::verify::verify;
use crate::http::error::HttpError;
use crate::http::form::{Errors, Form, Sent};
use crate::http::limits::Limits;
use crate::http::page::{Frame, Tag, html, see};
use crate::http::public::status::copy::as_sent;
use crate::http::{client, seal};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::submissions::{self, Submission};
use crate::storage::{Conn, StorageError};

#[derive(Template)]
#[template(path = "public/cure.html")]
struct CurePage {
    frame: Frame,
    first: NoticeRecord,
    works: Vec<String>,
    shown: Vec<String>,
    /// The notice as it was sent, for the form.
    notice: String,
    missing: Vec<Code>,
    made: Vec<&'static str>,
    typed: Additions,
    errors: Errors,
    token: String,
    csrf: String,
    submission: String,
    seal: String,
    now: Moment,
}

impl CurePage {
    fn lacks(&self, code: &str) -> bool {
        self.missing.iter().any(|c| c.as_str() == code)
    }
    fn lacks_location(&self) -> bool {
        self.missing.iter().any(|c| c.element() == Element::Material)
    }
    fn how_many(&self) -> String {
        if self.missing.len() == 1 { "one detail".to_owned() } else { format!("{} details", self.missing.len()) }
    }
}

/// An incomplete notice with all of its content.
struct Incomplete {
    first: NoticeRecord,
    raw: RawNotice,
}

fn load(conn: &mut Conn, token: &PlainToken, now: Moment) -> Result<Option<Incomplete>, StorageError> {
    let Some(sent) = open(conn, token, now)? else { return Ok(None) };
    let id: NoticeId = sent.notice.id;
    if sent.notice.class == Class::Complete
        || sent.notice.withdrawn_at.is_some()
        || notices::cured_by(conn, id)?.is_some()
    {
        return Ok(None);
    }
    let raw = as_sent(conn, &sent.notice)?;
    Ok(Some(Incomplete { first: sent.notice, raw }))
}

async fn find(app: &App, path: &str) -> Result<(PlainToken, Option<Incomplete>), HttpError> {
    let token = PlainToken::parse(path).ok_or(HttpError::LinkShut)?;
    let (wanted, now) = (token.clone(), app.clock.now());
    let found = app
        .read(move |c| match open(c, &wanted, now)? {
            None => Ok(None),
            Some(_) => load(c, &wanted, now).map(Some),
        })
        .await?;
    Ok((token, found.ok_or(HttpError::LinkShut)?))
}

/// Shows what is missing; a notice that lacks nothing any more has its status page.
pub async fn show(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let (token, found) = find(&app, &path).await?;
    match found {
        Some(incomplete) => page(&app, incomplete, &token, Additions::default(), Errors::default()).await,
        None => Ok(see(&format!("/n/{}", token.reveal()))),
    }
}

async fn page(
    app: &App,
    Incomplete { first, raw }: Incomplete,
    token: &PlainToken,
    typed: Additions,
    errors: Errors,
) -> Result<HttpResponse, HttpError> {
    let understand = move || {
        let understood = raw.understand();
        let (verdict, notice) = (verify(&understood, &[]), serde_json::to_string(&raw).unwrap_or_default());
        (understood, verdict, notice, raw.statements)
    };
    // Of what is stored already: no larger than a body may be.
    let size = app.config().intake.max_body;
    let (understood, verdict, notice, statements) = app.parse(size, understand).await?;
    let fresh = app.context.entropy.link(app.clock.now());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CurePage {
        frame: Frame::new(app, Tag::Private("Private page for this notice".to_owned())),
        works: Work::list(&understood.works, 20),
        shown: understood.locations.iter().take(200).map(|l| l.shown().to_owned()).collect(),
        notice,
        missing: verdict.missing(),
        made: statements.made(),
        typed,
        errors,
        token: token.reveal().to_owned(),
        csrf: seal::seal(&app.secret, "status", token.reveal()),
        seal: seal::seal(&app.secret, "notice", fresh.reveal()),
        submission: fresh.reveal().to_owned(),
        now: app.clock.now(),
        first,
    };
    html(status, &page)
}

/// What was typed, the notice with it unless something is wrong, and what that is.
fn read(form: &Form, max_locations: usize) -> Result<(Additions, Option<RawNotice>, Errors), HttpError> {
    let typed = Additions::read(form);
    let mut raw: RawNotice = serde_json::from_str(form.get("notice")).map_err(|_| {
        HttpError::BadRequest("The notice in this form cannot be read. Open the page again.".to_owned())
    })?;
    typed.add_to(&mut raw);
    let errors = typed.check(&raw, max_locations);
    let is_whole = errors.is_empty() && raw.validate().is_ok();
    Ok((typed, is_whole.then_some(raw), errors))
}

/// Sends the completed notice.
pub async fn submit(
    app: Data<App>,
    limits: Data<Limits>,
    path: Path<String>,
    request: HttpRequest,
    sent: Sent,
) -> Result<HttpResponse, HttpError> {
    let Sent { form, body } = sent;
    let (token, found) = find(&app, &path).await?;
    let fresh = PlainToken::parse(form.get("submission")).ok_or(HttpError::Stale)?;
    let ours = seal::fits(&app.secret, "status", token.reveal(), form.get("csrf"))
        && seal::fits(&app.secret, "notice", fresh.reveal(), form.get("seal"));
    if !ours {
        return Err(HttpError::Stale);
    }
    let receipt = format!("/notices/sent/{}", fresh.reveal());
    let Some(incomplete) = found else {
        // The second click of a double click finds what the first one sent.
        let (key, known) = (fresh.link_hash(), receipt.clone());
        let again = app.read(move |c| submissions::seen(c, &key)).await?.is_some();
        return Ok(see(&if again { known } else { format!("/n/{}", token.reveal()) }));
    };
    let max = app.config().intake.max_locations;
    let (typed, raw, errors) = app.parse(body.len(), move || read(&form, max)).await??;
    let Some(raw) = raw else { return page(&app, incomplete, &token, typed, errors).await };
    let address = client::address(&request, &app);
    limits.notice(&address)?;
    let submission = Submission {
        sender_address: address,
        user_agent: client::agent(&request),
        ..Submission::new("form", "application/x-www-form-urlencoded", body.to_vec())
    };
    take(&app, submission, ParsedNotice { cures: Some(incomplete.first.id), ..ParsedNotice::from(raw) }, fresh).await
}

/// Wording of a statement that is missing.
impl CurePage {
    fn statement(&self, code: &str) -> &'static str {
        match code {
            "statement.good_faith_missing" => statements::GOOD_FAITH,
            "statement.accuracy_missing" => statements::ACCURATE,
            _ => statements::AUTHORITY,
        }
    }
}
