//! `GET /staff/cases/{reference}/evidence`: what an archive holds; `POST`: the archive itself, put on record. And the
//! files people sent, as downloads.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Path};
use futures_util::stream;

use super::case::find;
use crate::actions::record_export;
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::evidence::{self, EvidenceError, Made};
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::files::download;
use crate::storage::disputes::attachments;

/// Bytes sent at a time.
const CHUNK: usize = 64 * 1024;

impl From<EvidenceError> for HttpError {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Storage(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// Makes the archive in a file without a name, so that its size costs no memory, and sends it.
pub async fn export(app: Data<App>, path: Path<String>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Agent)?;
    let actor = sent.staff.actor();
    let case = app.read(move |c| find(c, &path)).await?;
    let (by, config, at) = (sent.staff.member.name.clone(), app.context.config.clone(), app.clock.now());
    let signer = Arc::clone(&app.signer);
    let (id, reference) = (case.id, case.reference.clone());
    let (file, manifest) = app
        .db
        .read(move |c| {
            let mut file = tempfile::tempfile()?;
            let made = Made { by: &by, host: &config.host.name, signer: &signer, at };
            let manifest = evidence::write(c, &mut file, &case, &made)?;
            Ok::<_, EvidenceError>((file, manifest))
        })
        .await?;
    app.write(move |tx| record_export(tx, id, &manifest, &actor)).await?;
    stream_out(file, &format!("{reference}-evidence.zip"))
}

fn stream_out(mut file: std::fs::File, name: &str) -> Result<HttpResponse, HttpError> {
    let broken = |e: std::io::Error| HttpError::Internal(e.to_string());
    let size = file.seek(SeekFrom::End(0)).map_err(broken)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    let body = stream::unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK];
            let result = file.read(&mut chunk).map(|n| {
                chunk.truncate(n);
                chunk
            });
            (result, file)
        });
        match read.await {
            Ok((Ok(chunk), _)) if chunk.is_empty() => None,
            Ok((Ok(chunk), file)) => Some((Ok::<_, std::io::Error>(Bytes::from(chunk)), file)),
            Ok((Err(error), file)) => Some((Err(error), file)),
            Err(_) => None,
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}\"")))
        .no_chunking(size)
        .streaming(body))
}

/// `GET /staff/attachments/{id}`.
pub async fn attachment(app: Data<App>, _: Staff, path: Path<i64>) -> Result<HttpResponse, HttpError> {
    let id = path.into_inner();
    let (file, body) = app
        .read(move |c| {
            let file = attachments::get(c, id)?;
            let body = attachments::body(c, &file.digest)?;
            Ok((file, body))
        })
        .await?;
    Ok(download(&file.file_name, &file.media_type, body))
}
