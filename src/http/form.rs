//! Submitted forms: names and values in order, bounded and valid UTF-8, and the errors found in them.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use url::form_urlencoded;

use super::error::HttpError;
use super::guard;
use crate::app::App;

/// Most fields in one form; a notice with a thousand works has about three thousand.
const MAX_FIELDS: usize = 12_000;

/// A submitted form.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    /// Where the last field of each name stands.
    last: HashMap<String, usize>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn read(body: &Bytes) -> Result<Self, HttpError> {
        let mut fields = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if fields.len() == MAX_FIELDS {
                return Err(HttpError::TooLarge(format!("more than {MAX_FIELDS} fields")));
            }
            // PostgreSQL keeps no NUL in text; the bytes as received keep everything.
            fields.push((name.replace('\0', ""), value.replace('\0', "")));
        }
        // The decoder replaces what is not UTF-8; a form that did not contain the replacement itself is broken.
        let replaced = fields.iter().any(|(n, v)| n.contains('\u{fffd}') || v.contains('\u{fffd}'));
        if replaced && !has_replacement(body) {
            return Err(HttpError::BadRequest("The text is not encoded in UTF-8.".to_owned()));
        }
        let last = fields.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
        Ok(Self { fields, last })
    }

    /// The last value of a field as it was typed.
    pub fn typed(&self, name: &str) -> &str {
        self.last.get(name).map_or("", |at| &self.fields[*at].1)
    }

    /// The last value of a field, trimmed; empty where it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.typed(name).trim()
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.last.contains_key(name)
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
    }
}

/// A submitted form with its bytes as received; a body over the limit is refused in words.
pub(super) struct Sent {
    pub form: Form,
    pub body: Bytes,
}

impl FromRequest for Sent {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, HttpError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned();
        let max = app.as_ref().map_or(0, |app| app.config().intake.max_body);
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|error| match error.as_error::<PayloadError>() {
                Some(late) if guard::is_late(late) => HttpError::TooSlow,
                _ => HttpError::TooLarge(format!("at most {max} bytes")),
            })?;
            let app = app.ok_or_else(|| HttpError::Internal("no application".to_owned()))?;
            let shared = body.clone();
            let form = app.parse(body.len(), move || Form::read(&shared)).await??;
            Ok(Self { form, body })
        })
    }
}

fn has_replacement(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_uppercase();
    text.contains("%EF%BF%BD") || std::str::from_utf8(body).is_ok_and(|t| t.contains('\u{fffd}'))
}

/// Most errors on one page.
const MAX_ERRORS: usize = 100;

/// Errors by field, in the order of the page; the same words stand in the summary and at the field.
#[derive(Clone, Debug, Default)]
pub(super) struct Errors(pub Vec<(String, String)>);

impl Errors {
    /// Adds an error to a field (its id in the page). The first of a field stands; after a hundred there are enough.
    pub fn add(&mut self, field: impl Into<String>, words: impl Into<String>) {
        let field = field.into();
        if self.0.len() < MAX_ERRORS && !self.0.iter().any(|(f, _)| *f == field) {
            self.0.push((field, words.into()));
        }
    }
    /// Adds all of them.
    pub fn extend(&mut self, faults: Vec<crate::domain::regimes::us_512::counter_notice::Fault>) {
        for (field, words) in faults {
            self.add(field, words);
        }
    }
    /// The same errors in other words: field and words go in, words come out.
    #[must_use]
    pub fn in_words(self, say: impl Fn(&str, String) -> String) -> Self {
        Self(self.0.into_iter().map(|(field, words)| (field.clone(), say(&field, words))).collect())
    }
    /// The error of a field.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(f, _)| f == field).map(|(_, w)| w.as_str())
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// `There is a problem with 6 answers`.
    pub fn title(&self) -> String {
        if self.0.len() == 1 {
            "There is a problem with 1 answer".to_owned()
        } else {
            format!("There is a problem with {} answers", self.0.len())
        }
    }
}
