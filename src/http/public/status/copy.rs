//! `GET /n/{token}/copy` and `GET /n/{token}/original`: the sender's own notice to download, as it was understood and
//! byte for byte as it was received.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Serialize;

use crate::app::App;
use crate::domain::access::token::PlainToken;
use crate::domain::intake::notice::RawNotice;
use crate::formats::stored::raw_of;
use crate::http::error::HttpError;
use crate::http::files::download;
use crate::http::public::notices::receipt::open;
use crate::storage::intake::notices::NoticeRecord;
use crate::storage::intake::{submissions, works};
use crate::storage::material::locations;
use crate::storage::{Conn, StorageError};

/// More than one notice can have.
const ALL: i64 = 100_000;

/// A notice with what we put on it when it arrived.
#[derive(Serialize)]
struct CopyFile {
    reference: String,
    received_at: String,
    /// SHA-256 of what was received, in hexadecimal.
    sha256: String,
    notice: RawNotice,
}

/// A stored notice in the shape in which it could be sent again.
pub(in crate::http::public) fn as_sent(conn: &mut Conn, notice: &NoticeRecord) -> Result<RawNotice, StorageError> {
    let works = works::of_notice(conn, notice.id)?;
    let rows = locations::of_notice(conn, notice.id, 0, ALL)?;
    let places = rows.iter().map(|r| (r.kind.as_str(), r.as_written.as_str(), r.detail.as_str()));
    Ok(raw_of(&notice.complainant, &works, places, &notice.statements, |raw| {
        raw.rights_owner.name.clone_from(&notice.rights_owner);
        raw.signature.clone_from(&notice.signature);
        raw.reference.clone_from(&notice.sender_reference);
    }))
}

/// The notice as we have it, as JSON.
pub async fn copy(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let (token, now) = (PlainToken::parse(&path).ok_or(HttpError::LinkShut)?, app.clock.now());
    let found = app
        .read(move |c| {
            let Some(sent) = open(c, &token, now)? else { return Ok(None) };
            let notice = as_sent(c, &sent.notice)?;
            Ok(Some(CopyFile {
                reference: sent.notice.reference.to_string(),
                received_at: sent.notice.received_at.iso(),
                sha256: sent.fingerprint.replace(' ', ""),
                notice,
            }))
        })
        .await?;
    let copy = found.ok_or(HttpError::LinkShut)?;
    let body = serde_json::to_vec_pretty(&copy).map_err(|e| HttpError::Internal(e.to_string()))?;
    Ok(download(&format!("{}.json", copy.reference), "application/json", body))
}

/// What was received, byte for byte, where nobody else's notice or words are in it.
pub async fn original(app: Data<App>, path: Path<String>) -> Result<HttpResponse, HttpError> {
    let (token, now) = (PlainToken::parse(&path).ok_or(HttpError::LinkShut)?, app.clock.now());
    let found = app
        .read(move |c| {
            let Some(sent) = open(c, &token, now)? else { return Ok(None) };
            if !sent.own_words {
                return Ok(Some(None));
            }
            let row = submissions::get(c, sent.notice.submission_id)?;
            Ok(Some(Some((sent.notice.reference.to_string(), row))))
        })
        .await?;
    let (reference, row) = found.ok_or(HttpError::LinkShut)?.ok_or(HttpError::NotFound)?;
    Ok(download(&format!("{reference}-received.{}", ending(&row.content_type)), "application/octet-stream", row.body))
}

/// The usual end of a file name for a media type.
fn ending(media_type: &str) -> &'static str {
    match media_type {
        t if t.starts_with("message/") => "eml",
        t if t.contains("json") => "json",
        t if t.contains("xml") => "xml",
        _ => "txt",
    }
}
