//! `GET` and `POST /confirm/{token}`: a first-time sender confirms the email address. Opening the link changes
//! nothing, however often a mail scanner does it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use crate::actions::{confirm_sender, deny_sender};
use crate::app::App;
use crate::domain::access::token::{PlainToken, Purpose};
use crate::domain::base::ids::NoticeId;
use crate::domain::base::moment::Moment;
use crate::domain::cases::case::CaseState;
use crate::domain::intake::notice::Work;
use crate::http::error::HttpError;
use crate::http::form::Sent;
use crate::http::page::{Frame, Tag, ok, see};
use crate::http::seal;
use crate::storage::access::links::{self, Target};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::works;
use crate::storage::material::locations::{self, LocationRow};
use crate::storage::{Conn, StorageError, cases};

/// Locations on the page.
const SHOWN: i64 = 50;
/// Most cases of one notice that are looked at.
const CASES: i64 = 2000;

#[derive(Template)]
#[template(path = "public/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    notice: NoticeRecord,
    works: Vec<Work>,
    /// The first of the locations.
    locations: Vec<LocationRow>,
    confirmed: bool,
    /// Confirmed, and a person looks before it is forwarded.
    held: bool,
    /// The owner of the address has said that they did not send it.
    denied: bool,
    token: String,
    csrf: String,
}

impl ConfirmPage {
    /// Locations that are not listed.
    fn more(&self) -> usize {
        usize::try_from(self.notice.locations).unwrap_or(0).saturating_sub(self.locations.len())
    }
}

fn find(conn: &mut Conn, token: &PlainToken, now: Moment) -> Result<Option<NoticeId>, StorageError> {
    let target = links::find_open(conn, token, Purpose::Confirm, now)?;
    Ok(target.and_then(|target| if let Target::Confirm(id) = target { Some(id) } else { None }))
}

/// What was answered just now.
#[derive(Deserialize)]
pub struct Want {
    answer: Option<String>,
}

/// Shows what is to be confirmed.
pub async fn show(app: Data<App>, path: Path<String>, want: Query<Want>) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    let (reveal, now) = (token.reveal().to_owned(), app.clock.now());
    let found = app
        .read(move |c| {
            let Some(id) = find(c, &token, now)? else { return Ok(None) };
            let notice = notices::get(c, id)?;
            let cases = cases::of_notice(c, id, CASES)?;
            let (works, locations) = (works::of_notice(c, id)?, locations::of_notice(c, id, 0, SHOWN)?);
            Ok(Some((notice, works, locations, cases)))
        })
        .await?;
    let (notice, works, locations, cases) = found.ok_or(HttpError::LinkShut)?;
    let confirmed = notice.proof.is_identity();
    ok(&ConfirmPage {
        frame: Frame::new(&app, Tag::Private("Private page for this notice".to_owned())),
        held: cases.iter().any(|case| case.state == CaseState::InReview),
        works,
        locations,
        notice,
        confirmed,
        denied: want.answer.as_deref() == Some("no") && !confirmed,
        csrf: seal::seal(&app.secret, "confirm", &reveal),
        token: reveal,
    })
}

/// Confirms, or says that the notice was not sent from the address.
pub async fn submit(app: Data<App>, path: Path<String>, sent: Sent) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    if !seal::fits(&app.secret, "confirm", token.reveal(), sent.form.get("csrf")) {
        return Err(HttpError::Stale);
    }
    let (wanted, now) = (token.clone(), app.clock.now());
    let id = app.read(move |c| find(c, &wanted, now)).await?.ok_or(HttpError::LinkShut)?;
    if sent.form.get("do") == "deny" {
        app.write(move |tx| deny_sender(tx, id)).await?;
        return Ok(see(&format!("/confirm/{}?answer=no", token.reveal())));
    }
    app.write(move |tx| confirm_sender(tx, id)).await?;
    Ok(see(&format!("/confirm/{}", token.reveal())))
}
