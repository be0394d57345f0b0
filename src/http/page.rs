//! What pages have in common.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::error::HttpError;
use crate::app::App;

/// Renders a page.
pub(super) fn html(status: StatusCode, page: &impl Template) -> Result<HttpResponse, HttpError> {
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.render()?))
}

/// Renders a page that shows what was sent, off the threads that answer. `bytes` is the size of that.
pub(super) async fn html_of(
    app: &App,
    bytes: usize,
    status: StatusCode,
    page: impl Template + Send + 'static,
) -> Result<HttpResponse, HttpError> {
    let text = app.parse(bytes, move || page.render()).await??;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(text))
}

/// Renders a page with status 200.
pub(super) fn ok(page: &impl Template) -> Result<HttpResponse, HttpError> {
    html(StatusCode::OK, page)
}

/// Sends the browser on after a change.
pub(super) fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((actix_web::http::header::LOCATION, path)).finish()
}

/// What stands at the right of the masthead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// The public menu; the current entry.
    Menu(&'static str),
    /// A private page.
    Private(String),
}

impl Tag {
    pub fn is(&self, entry: &str) -> bool {
        *self
            == Self::Menu(match entry {
                "agent" => "agent",
                "report" => "report",
                "policy" => "policy",
                _ => "transparency",
            })
    }
}

/// The host and its agent, on every public page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub host: String,
    pub legal_name: String,
    pub email: String,
    pub phone: String,
    /// Digits of the telephone number for `tel:`.
    pub tel: String,
    pub tag: Tag,
}

impl Frame {
    pub fn new(app: &App, tag: Tag) -> Self {
        let config = app.config();
        Self {
            host: config.host.name.clone(),
            legal_name: config.host.legal_name.clone(),
            email: config.agent.email.to_string(),
            phone: config.agent.phone.clone(),
            tel: config.agent.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
            tag,
        }
    }
}

/// A mark: shape and color by name, and the word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub name: &'static str,
    pub word: &'static str,
}

impl From<(&'static str, &'static str)> for Mark {
    fn from((name, word): (&'static str, &'static str)) -> Self {
        Self { name, word }
    }
}
