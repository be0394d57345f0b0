//! Errors of the API as problem details (RFC 9457): one match from error to status, every message says what to
//! do. A 5xx never shows its cause; it shows an id that is in the log.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::ActionError;
use crate::app::NotParsed;
use crate::domain::access::scope::Scope;
use crate::formats::json::{Fault, Faults};
use crate::http::error::{HttpError, RETRY_AFTER};
use crate::http::observe;
use crate::storage::StorageError;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The body or the query is wrong; everything that is wrong is listed. The number of the submission where
    /// it was kept.
    #[error("{0}")]
    Faults(Faults, Option<i64>),
    #[error("There is nothing at this address. The list of addresses is at /api/v1/docs.")]
    NotFound,
    /// The methods it does take (RFC 9110 section 15.5.6 asks for them).
    #[error("This address takes {0}. The list of addresses is at /api/v1/docs.")]
    Method(String),
    #[error("{0}")]
    Unauthorized(&'static str),
    #[error("This key may not do this; it needs the scope {}. Ask the host for a key that has it.", .0.code())]
    Forbidden(Scope),
    #[error("{0}")]
    TooLarge(String),
    #[error("{0}")]
    MediaType(String),
    #[error(
        "The body did not arrive whole in time. Send it again; with the same Idempotency-Key nothing is done twice."
    )]
    TooSlow,
    /// It could not be read in time; nothing was done.
    #[error("{0}. Nothing was done. Try again in a minute, with less at once.")]
    NotParsed(#[from] NotParsed),
    #[error("Too many requests. Try again in {0} seconds.")]
    TooMany(u64),
    /// The state does not allow it, in words.
    #[error("{0}")]
    Conflict(String),
    #[error("This has changed since you read it. Read it again and send the new ETag in If-Match.")]
    Changed,
    /// The database cannot be used now; why stands in the log.
    #[error("unavailable: {0}")]
    Unavailable(String),
    #[error("internal: {0}")]
    Internal(String),
}

impl ApiError {
    /// One fault at a pointer.
    pub fn fault(pointer: &str, message: impl Into<String>) -> Self {
        Self::Faults(Faults::one(pointer, message), None)
    }
}

impl From<Faults> for ApiError {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults, None)
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound { .. } => Self::NotFound,
            StorageError::Conflict { .. } => {
                Self::Conflict("Someone else changed this at the same moment. Try again.".to_owned())
            }
            error if error.is_outage() => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<ActionError> for ApiError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Storage(error) => error.into(),
            ActionError::Transition(error) => Self::Conflict(format!("{error}.")),
            ActionError::Decision(error) => Self::Conflict(format!("{error}.")),
            ActionError::Refused(words) => Self::Conflict(words),
            ActionError::Reused => Self::fault("/Idempotency-Key", error.to_string()),
            ActionError::Letter(error) => Self::Internal(error.to_string()),
        }
    }
}

impl From<HttpError> for ApiError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::TooMany(seconds) => Self::TooMany(seconds),
            HttpError::NotFound => Self::NotFound,
            HttpError::NotParsed(why) => Self::NotParsed(why),
            HttpError::Unavailable(cause) => Self::Unavailable(cause),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// An error as JSON.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem, as a URN.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// Every fault of the request with a pointer to it (RFC 6901); `/Idempotency-Key` and names of query
    /// parameters stand for what is not in the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Number under which the host keeps what was sent, although it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<i64>,
    /// Stands in the host's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
}

/// One fault.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    pub pointer: String,
    pub detail: String,
}

impl From<Fault> for FieldProblem {
    fn from(fault: Fault) -> Self {
        Self { pointer: fault.pointer, detail: fault.message }
    }
}

impl ApiError {
    fn name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Faults(..) => ("invalid", "The request cannot be read"),
            Self::NotFound => ("not-found", "Not found"),
            Self::Method(_) => ("method", "Method not allowed"),
            Self::Unauthorized(_) => ("unauthorized", "No valid key"),
            Self::Forbidden(_) => ("forbidden", "Not allowed"),
            Self::TooLarge(_) => ("too-large", "Too much at once"),
            Self::MediaType(_) => ("media-type", "Media type not known"),
            Self::TooSlow => ("too-slow", "Not received in time"),
            Self::NotParsed(_) => ("not-read", "Not read in time"),
            Self::TooMany(_) => ("too-many", "Too many requests"),
            Self::Conflict(_) => ("conflict", "Not possible now"),
            Self::Changed => ("changed", "Changed in the meantime"),
            Self::Unavailable(_) => ("unavailable", "Not available right now"),
            Self::Internal(_) => ("internal", "Something went wrong on our side"),
        }
    }

    /// The error as JSON; an internal one is written to the log.
    pub fn problem(&self) -> Problem {
        let (name, title) = self.name();
        let mut problem = Problem {
            kind: format!("urn:safeharbor:problem:{name}"),
            title: title.to_owned(),
            status: self.status_code().as_u16(),
            detail: self.to_string(),
            errors: Vec::new(),
            submission: None,
            error_id: None,
        };
        match self {
            Self::Faults(faults, submission) => {
                problem.errors = faults.0.iter().cloned().map(FieldProblem::from).collect();
                problem.submission = *submission;
                problem.detail = match faults.0.len() {
                    1 => "One thing in the request is wrong; see errors.".to_owned(),
                    n => format!("{n} things in the request are wrong; see errors."),
                };
            }
            Self::Unavailable(cause) => {
                let id = observe::request_id();
                tracing::error!(error_id = id, cause, "the database cannot be used");
                problem.detail = format!(
                    "The service cannot store anything right now. Try again in {RETRY_AFTER} seconds; with the same Idempotency-Key nothing is done twice."
                );
                problem.error_id = Some(id);
            }
            Self::Internal(cause) => {
                let id = observe::request_id();
                tracing::error!(error_id = id, cause, "internal error");
                problem.detail =
                    "The error has been recorded. Try again; with the same Idempotency-Key nothing is done twice."
                        .to_owned();
                problem.error_id = Some(id);
            }
            _ => {}
        }
        problem
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Faults(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::NotParsed(_) | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let problem = self.problem();
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json");
        match self {
            Self::TooMany(seconds) => drop(response.insert_header((header::RETRY_AFTER, seconds.to_string()))),
            Self::NotParsed(_) => drop(response.insert_header((header::RETRY_AFTER, "60"))),
            Self::Unavailable(_) => drop(response.insert_header((header::RETRY_AFTER, RETRY_AFTER.to_string()))),
            Self::Unauthorized(_) => drop(response.insert_header((header::WWW_AUTHENTICATE, "Bearer"))),
            Self::Method(allowed) => drop(response.insert_header((header::ALLOW, allowed.clone()))),
            _ => {}
        }
        response.body(serde_json::to_string(&problem).unwrap_or_default())
    }
}
