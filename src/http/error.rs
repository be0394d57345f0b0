//! Errors of pages: one match from error to status. A 5xx never shows its cause; it shows an id that is in
//! the log.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::observe;
use crate::actions::ActionError;
use crate::app::NotParsed;
use crate::storage::StorageError;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("There is no page at this address.")]
    NotFound,
    /// A private link of a complainant that opens nothing.
    #[error(
        "Part of this link is missing, or it has ended. Copy the whole link from our email, or write to the copyright agent with the reference of your notice."
    )]
    LinkShut,
    /// Not signed in: the page to sign in follows.
    #[error("Sign in first.")]
    SignIn,
    /// Signed in, and the host asks for a second factor that is not set up yet: that page follows.
    #[error("Set up a second step first.")]
    SetUp,
    #[error("Your role does not allow this.")]
    Forbidden,
    /// The form was made for another session, or too long ago.
    #[error("This page is out of date. Go back, reload it and try again.")]
    Stale,
    #[error("{0}")]
    BadRequest(String),
    #[error("This is more than we can accept in one request: {0}")]
    TooLarge(String),
    /// What was being sent did not arrive in time.
    #[error("What you sent did not arrive completely in time. Nothing was saved; try again.")]
    TooSlow,
    /// What was sent could not be read in time; nothing was taken.
    #[error("We could not read this in time: {0}. Nothing was saved. Try again in a minute, with less at once.")]
    NotParsed(#[from] NotParsed),
    /// A notice that could not be read in time is kept, under this number.
    #[error(
        "Your notice was received and is stored under the number {0}, but it could not be read in time. A person at the copyright agent’s office will read it; you do not need to send it again."
    )]
    KeptUnread(i64),
    #[error("Too many requests from your address. Try again in {0} seconds.")]
    TooMany(u64),
    /// The action said no, in words the person can act on.
    #[error("{0}")]
    Refused(String),
    /// Someone else was faster.
    #[error("Someone else changed this in the meantime. Reload the page and look again.")]
    Conflict,
    /// The database cannot be used now; why stands in the log.
    #[error("unavailable: {0}")]
    Unavailable(String),
    #[error("internal: {0}")]
    Internal(String),
}

/// When to come again while the database cannot be used, in seconds.
pub(crate) const RETRY_AFTER: u64 = 5;

impl From<StorageError> for HttpError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound { .. } => Self::NotFound,
            StorageError::Conflict { .. } => Self::Conflict,
            error if error.is_outage() => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<ActionError> for HttpError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Storage(error) => error.into(),
            ActionError::Transition(error) => Self::Refused(format!("{error}.")),
            ActionError::Decision(error) => Self::Refused(format!("{error}.")),
            ActionError::Refused(words) => Self::Refused(words),
            ActionError::Reused => Self::Refused(error.to_string()),
            ActionError::Letter(error) => Self::Internal(error.to_string()),
        }
    }
}

impl From<askama::Error> for HttpError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(format!("template: {error}"))
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    words: String,
    id: String,
    /// Of a page for staff: the way back leads to the queue.
    staff: bool,
}

impl HttpError {
    fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "Page not found",
            Self::LinkShut => "This link does not work",
            Self::SignIn => "Sign in",
            Self::SetUp => "Set up a second step",
            Self::Forbidden => "Not allowed",
            Self::Stale => "This page is out of date",
            Self::BadRequest(_) => "We could not read that",
            Self::TooLarge(_) => "Too much at once",
            Self::TooSlow => "Not received in time",
            Self::NotParsed(_) => "Not read in time",
            Self::KeptUnread(_) => "Received, not read yet",
            Self::TooMany(_) => "Too many requests",
            Self::Refused(_) => "This cannot be done",
            Self::Conflict => "Changed in the meantime",
            Self::Unavailable(_) => "Not available right now",
            Self::Internal(_) => "Something went wrong on our side",
        }
    }
}

impl ResponseError for HttpError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::LinkShut => StatusCode::NOT_FOUND,
            Self::SignIn | Self::SetUp => StatusCode::SEE_OTHER,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Stale | Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::KeptUnread(_) => StatusCode::ACCEPTED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict => StatusCode::CONFLICT,
            Self::NotParsed(_) | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut id = String::new();
        let mut words = self.to_string();
        if let Self::Internal(cause) = self {
            // Enough to find the line in the log; the cause itself stays there.
            id = observe::request_id();
            tracing::error!(error_id = id, cause, "internal error");
            "The error has been recorded. Nothing you sent was lost if you received a reference."
                .clone_into(&mut words);
        }
        if let Self::Unavailable(cause) = self {
            id = observe::request_id();
            tracing::error!(error_id = id, cause, "the database cannot be used");
            "Nothing was saved. Try again in a few seconds.".clone_into(&mut words);
        }
        if matches!(self, Self::SignIn) {
            return HttpResponse::SeeOther().insert_header((header::LOCATION, "/staff/login")).finish();
        }
        if matches!(self, Self::SetUp) {
            return HttpResponse::SeeOther().insert_header((header::LOCATION, "/staff/account")).finish();
        }
        let page = ErrorPage { title: self.title(), words, id, staff: observe::is_for_staff() };
        let mut answer = HttpResponse::build(self.status_code());
        let mut response = match page.render() {
            Ok(text) => answer.content_type("text/html; charset=utf-8").body(text),
            Err(_) => answer.finish(),
        };
        let wait = match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::NotParsed(_) => Some(60),
            Self::Unavailable(_) => Some(RETRY_AFTER),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}
