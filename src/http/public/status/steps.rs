//! What the sender does from the status page: withdraw, tell of a court action, read a file of a counter-notice.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::page;
use crate::actions::{ActionError, WithdrawScope, Withdrawing, receive_court_action, withdraw_notice};
use crate::app::App;
use crate::domain::access::token::PlainToken;
use crate::domain::base::ids::{CounterId, NoticeId};
use crate::domain::base::moment::Span;
use crate::domain::record::event::Actor;
use crate::domain::regimes::us_512::counter_notice::RawCourtAction;
use crate::http::error::HttpError;
use crate::http::files::download;
use crate::http::form::{Errors, Form, Sent};
use crate::http::page::see;
use crate::http::public::notices::receipt::open;
use crate::http::seal;
use crate::http::uploads::SentFiles;
use crate::storage::disputes::{attachments, counter_notices};
use crate::storage::{StorageError, cases};

/// The notice behind a link, for a form that carries the seal of its page.
async fn notice_of(app: &App, path: &str, csrf: &str) -> Result<(PlainToken, NoticeId), HttpError> {
    let token = PlainToken::parse(path).ok_or(HttpError::LinkShut)?;
    if !seal::fits(&app.secret, "status", token.reveal(), csrf) {
        return Err(HttpError::Stale);
    }
    let (wanted, now) = (token.clone(), app.clock.now());
    let sent = app.read(move |c| open(c, &wanted, now)).await?.ok_or(HttpError::LinkShut)?;
    Ok((token, sent.notice.id))
}

/// `POST /n/{token}/withdraw`.
pub async fn withdraw(app: Data<App>, path: Path<String>, sent: Sent) -> Result<HttpResponse, HttpError> {
    let form = sent.form;
    let (token, id) = notice_of(&app, &path, form.get("csrf")).await?;
    let mut errors = Errors::default();
    if !form.ticked("withdraw-sure") {
        errors.add("withdraw-sure", "Tick that you want to withdraw; it cannot be undone");
        return page(&app, &token, errors, (form, 0)).await;
    }
    let scope = match scope(&form) {
        Ok(scope) => scope,
        Err(words) => {
            errors.add("withdraw-what", words);
            return page(&app, &token, errors, (form, 0)).await;
        }
    };
    let why = form.get("withdraw-why").to_owned();
    let done = app.write(move |tx| {
        let how = Withdrawing { via: "link", why: &why };
        withdraw_notice(tx, id, &scope, how, &Actor::Complainant)
    });
    match done.await {
        Ok(()) => Ok(see(&format!("/n/{}", token.reveal()))),
        Err(ActionError::Refused(words)) => {
            errors.add("withdraw-what", words);
            page(&app, &token, errors, (form, 0)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// What is withdrawn, as chosen. It cannot be undone, so that a choice that is missing, or that says something else than
/// the boxes, never means everything.
fn scope(form: &Form) -> Result<WithdrawScope, &'static str> {
    let ticked = form.all("urls[]");
    match form.get("withdraw-what") {
        "whole" if ticked.is_empty() => Ok(WithdrawScope::Whole),
        "whole" => Err("You have selected addresses. Choose “Only the addresses selected below”, or clear them"),
        "some" => {
            let ids: BTreeSet<i64> = ticked.iter().filter_map(|v| v.parse().ok()).collect();
            if ids.is_empty() { Err("Select the addresses to withdraw") } else { Ok(WithdrawScope::Locations(ids)) }
        }
        _ => Err("Choose what to withdraw"),
    }
}

/// `POST /n/{token}/court-action/{counter}`.
pub async fn court_action(
    app: Data<App>,
    path: Path<(String, i64)>,
    sent: SentFiles,
) -> Result<HttpResponse, HttpError> {
    let (link, counter) = path.into_inner();
    let form = sent.form;
    let (token, notice) = notice_of(&app, &link, form.get("csrf")).await?;
    let raw = read_court_action(&form);
    // A court in the Pacific may already have tomorrow's date.
    let today = (app.clock.now() + Span::hours(14)).iso_day();
    let mut errors = Errors::default();
    let parsed = raw.parse(&today).map_err(|faults| errors.extend(faults)).ok();
    for words in &sent.refused {
        errors.add("complaint", words.clone());
    }
    let Some(action) = parsed.filter(|_| errors.is_empty()) else {
        return page(&app, &token, errors, (form, counter)).await;
    };
    let files = sent.files;
    app.write(move |tx| {
        let id = CounterId(counter);
        let of = counter_notices::get(tx.conn, id)?;
        if cases::get(tx.conn, of.case)?.notice_id != notice {
            return Err(StorageError::NotFound { table: "counter_notices", id: counter.to_string() }.into());
        }
        receive_court_action(tx, id, &action, (&files, None), "link", &Actor::Complainant)
    })
    .await?;
    Ok(see(&format!("/n/{}", token.reveal())))
}

/// The fields of a court action as typed; the page of staff has the same.
pub(in crate::http) fn read_court_action(form: &Form) -> RawCourtAction {
    RawCourtAction {
        kind: form.get("kind").parse().ok(),
        court: form.get("court").to_owned(),
        docket: form.get("docket").to_owned(),
        filed_on: form.get("filed").to_owned(),
        filed: form.ticked("filed-ok"),
    }
}

/// `GET /n/{token}/files/{id}`: a file that came with a counter-notice is part of the copy.
pub async fn file(app: Data<App>, path: Path<(String, i64)>) -> Result<HttpResponse, HttpError> {
    let (link, id) = path.into_inner();
    let (token, now) = (PlainToken::parse(&link).ok_or(HttpError::LinkShut)?, app.clock.now());
    let found = app
        .read(move |c| {
            let Some(sent) = open(c, &token, now)? else { return Ok(None) };
            let file = attachments::get(c, id)?;
            let theirs = file.counter_id.is_some() && sent.cases.iter().any(|case| case.id.0 == file.case_id);
            if !theirs {
                return Ok(None);
            }
            let body = attachments::body(c, &file.digest)?;
            Ok(Some((file, body)))
        })
        .await?;
    let (file, body) = found.ok_or(HttpError::NotFound)?;
    Ok(download(&file.file_name, &file.media_type, body))
}
