//! Forms that can carry files: `multipart/form-data` or plain. What is too large is read to its end, bounded, so
//! that the sender gets a page that says so instead of a broken connection.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::TryStreamExt;
use url::form_urlencoded;

use super::error::HttpError;
use super::form::{Form, Sent};
use super::guard;
use crate::app::App;
use crate::formats::upload::{MAX_FILE, MAX_FILES, NotTaken, Upload};

/// Most bytes of all fields that are no file.
const MAX_TEXT: usize = 2_000_000;
/// Most bytes of all files together.
const MAX_TOTAL: usize = 2 * MAX_FILE;
/// Read at most, so that a page can still be shown.
const MAX_READ: usize = 6 * MAX_FILE;

/// A submitted form with the files that came with it.
pub(super) struct SentFiles {
    pub form: Form,
    /// The fields that are no files, as a plain form would have carried them.
    pub body: Bytes,
    pub files: Vec<Upload>,
    /// Why files were not taken, in words for their sender.
    pub refused: Vec<String>,
}

impl FromRequest for SentFiles {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, HttpError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let sent = Sent::from_request(request, payload);
            return Box::pin(async move {
                let Sent { form, body } = sent.await?;
                Ok(Self { form, body, files: Vec::new(), refused: Vec::new() })
            });
        }
        let app = request.app_data::<Data<App>>().cloned();
        let parts = Multipart::new(request.headers(), payload.take());
        Box::pin(async move {
            let app = app.ok_or_else(|| HttpError::Internal("no application".to_owned()))?;
            read(&app, parts).await
        })
    }
}

/// What was read so far.
#[derive(Default)]
struct UploadState {
    fields: Vec<(String, String)>,
    files: Vec<Upload>,
    refused: Vec<String>,
    text: usize,
    held: usize,
    read: usize,
}

async fn read(app: &App, mut parts: Multipart) -> Result<SentFiles, HttpError> {
    let broken = |error| match error {
        MultipartError::Payload(late) if guard::is_late(&late) => HttpError::TooSlow,
        _ => HttpError::BadRequest("The form broke off or is not written as a form.".to_owned()),
    };
    let mut reading = UploadState::default();
    while let Some(mut part) = parts.try_next().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|d| d.get_filename()).map(str::to_owned);
        let mut body = Vec::new();
        let mut whole = true;
        while let Some(chunk) = part.try_next().await.map_err(broken)? {
            reading.read += chunk.len();
            if reading.read > MAX_READ {
                return Err(HttpError::TooLarge("files of more than 40 MB together".to_owned()));
            }
            let most = if file.is_some() { MAX_FILE + 1 } else { MAX_TEXT };
            whole &= body.len() + chunk.len() <= most && reading.held + body.len() + chunk.len() <= MAX_TOTAL;
            if whole {
                body.extend_from_slice(&chunk);
            }
        }
        match file {
            None => reading.field(name, body, whole)?,
            // An empty file field is a form without a file.
            Some(file) if file.is_empty() && body.is_empty() => {}
            Some(file) => reading.file(app, file, body, whole).await?,
        }
    }
    app.parse(reading.text, move || reading.finish()).await?
}

impl UploadState {
    fn field(&mut self, name: String, body: Vec<u8>, whole: bool) -> Result<(), HttpError> {
        self.text += body.len() + name.len();
        if !whole || self.text > MAX_TEXT {
            return Err(HttpError::TooLarge(format!("at most {MAX_TEXT} bytes of text")));
        }
        let text = String::from_utf8(body)
            .map_err(|_| HttpError::BadRequest("The text is not encoded in UTF-8.".to_owned()))?;
        self.fields.push((name, text));
        Ok(())
    }

    async fn file(&mut self, app: &App, name: String, body: Vec<u8>, whole: bool) -> Result<(), HttpError> {
        if self.files.len() == MAX_FILES {
            self.refuse(&NotTaken::TooMany);
        } else if !whole {
            self.refuse(&NotTaken::TooLarge(crate::domain::base::contact::one_line(&name, 120)));
        } else {
            let size = body.len();
            match app.parse(size, move || Upload::check(&name, body)).await? {
                Ok(file) => {
                    self.held += size;
                    self.files.push(file);
                }
                Err(why) => self.refuse(&why),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, why: &NotTaken) {
        let words = why.to_string();
        if !self.refused.contains(&words) {
            self.refused.push(words);
        }
    }

    fn finish(self) -> Result<SentFiles, HttpError> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.fields {
            body.append_pair(name, value);
        }
        let body = Bytes::from(body.finish());
        Ok(SentFiles { form: Form::read(&body)?, body, files: self.files, refused: self.refused })
    }
}
