//! `POST /api/v1/intake/mail`: one raw message, for hosts whose mail lives elsewhere.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{json, query, with_status};
use super::caller::{Caller, Raw};
use super::problem::ApiError;
use super::problem_responses::Problems;
use super::shapes::{Receipt, Viewer};
use crate::actions::Envelope;
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::base::contact::EmailAddress;
use crate::inbound::take_mail;
use crate::storage::intake::submissions::Submission;

/// The envelope, where it is known.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Want {
    /// `MAIL FROM`; empty for a bounce.
    from: Option<String>,
    /// `RCPT TO`.
    to: Option<String>,
}

/// What became of a mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailResult {
    /// Number under which it is kept.
    submission: i64,
    /// `notices`, `draft`, `reply`, `auto_reply`, `bounce`, `delay`, `complaint`, `own` or `unreadable`.
    kind: &'static str,
    /// The same mail had been handed over before; nothing was done again.
    again: bool,
    notices: Vec<Receipt>,
}

/// Hand over a mail
///
/// Whatever it is, it is kept: a notice written by a machine, an answer to a letter, a bounce, a letter by a
/// person. Handing the same mail over again does nothing.
#[utoipa::path(post, path = "/api/v1/intake/mail", operation_id = "createMail", tag = "Mail", params(Want),
    request_body(content = Vec<u8>, content_type = "message/rfc822", description = "The message as received, RFC 5322"),
    security(("key" = [])),
    responses((status = 202, description = "Kept", body = MailResult), Problems))]
pub async fn create(
    app: Data<App>,
    caller: Caller,
    request: HttpRequest,
    Raw(body): Raw,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::MailWrite)?;
    let want: Want = query(&request)?;
    if body.is_empty() {
        return Err(ApiError::fault("", "send the message as it was received"));
    }
    let envelope = Envelope { from: want.from, to: want.to.iter().filter_map(|t| EmailAddress::parse(t)).collect() };
    let submission = Submission {
        sender_address: caller.address.clone(),
        user_agent: caller.agent.clone(),
        api_key: caller.key.as_ref().map(|k| k.id),
        ..Submission::new("mail", "message/rfc822", body.to_vec())
    };
    let url = app.config().server.public_url.clone();
    let done = take_mail(&app, submission, envelope).await?;
    let receipts = done
        .notices
        .iter()
        .map(|(received, token)| Receipt::of(received, format!("{url}/n/{}", token.reveal()), Viewer::Host));
    let result = MailResult {
        submission: done.submission,
        kind: done.kind.code(),
        again: done.again,
        notices: receipts.collect(),
    };
    Ok(with_status(202, json(&result)?))
}
