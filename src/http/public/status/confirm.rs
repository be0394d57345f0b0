//! `GET` and `POST /confirm/{token}`: a first-time sender confirms the mail address. Opening the link changes
//! nothing, however often a mail scanner does it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::actions::confirm_sender;
use crate::app::App;
use crate::domain::access::token::{PlainToken, Purpose};
use crate::domain::base::ids::NoticeId;
use crate::domain::base::moment::Moment;
use crate::http::error::HttpError;
use crate::http::form::Sent;
use crate::http::page::{Frame, Tag, ok, see};
use crate::http::seal;
use crate::storage::access::links::{self, Target};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::{Conn, StorageError};

#[derive(Template)]
#[template(path = "public/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    notice: NoticeRecord,
    confirmed: bool,
    token: String,
    csrf: String,
}

fn find(conn: &mut Conn, token: &PlainToken, now: Moment) -> Result<Option<NoticeId>, StorageError> {
    let target = links::find_open(conn, token, Purpose::Confirm, now)?;
    Ok(target.and_then(|target| if let Target::Confirm(id) = target { Some(id) } else { None }))
}

/// Shows what is to be confirmed.
pub async fn show(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    let (reveal, now) = (token.reveal().to_owned(), app.clock.now());
    let found = app
        .read(move |c| {
            let Some(id) = find(c, &token, now)? else { return Ok(None) };
            let notice = notices::get(c, id)?;
            let confirmed = notice.proof.is_identity();
            Ok(Some((notice, confirmed)))
        })
        .await?;
    let (notice, confirmed) = found.ok_or(HttpError::LinkShut)?;
    ok(&ConfirmPage {
        frame: Frame::new(&app, Tag::Private("Private page for this notice".to_owned())),
        notice,
        confirmed,
        csrf: seal::seal(&app.secret, "confirm", &reveal),
        token: reveal,
    })
}

/// Confirms.
pub async fn submit(app: Data<App>, path: Path<String>, sent: Sent) -> Result<HttpResponse, HttpError> {
    let token = PlainToken::parse(&path).ok_or(HttpError::LinkShut)?;
    if !seal::fits(&app.secret, "confirm", token.reveal(), sent.form.get("csrf")) {
        return Err(HttpError::Stale);
    }
    let (wanted, now) = (token.clone(), app.clock.now());
    let id = app.read(move |c| find(c, &wanted, now)).await?.ok_or(HttpError::LinkShut)?;
    app.write(move |tx| confirm_sender(tx, id)).await?;
    Ok(see(&format!("/confirm/{}", token.reveal())))
}
