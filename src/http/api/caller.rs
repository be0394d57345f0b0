//! Who calls the API: a key, or nobody in particular.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest};
use utoipa::ToSchema;
use validator::Validate;

use super::problem::ApiError;
use super::shapes::Viewer;
use crate::actions::{KEY_PREFIX, Once};
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::access::token::PlainToken;
use crate::domain::record::event::Actor;
use crate::formats::json::read_as;
use crate::http::limits::Limits;
use crate::http::{client, guard};
use crate::storage::access::api_keys::{self, ApiKey};

/// The caller of one request.
pub(super) struct Caller {
    pub key: Option<ApiKey>,
    pub address: String,
    pub agent: String,
    idempotency: Option<String>,
}

impl Caller {
    /// The key, if it has a scope.
    pub fn with(&self, scope: Scope) -> Result<&ApiKey, ApiError> {
        let key = self.key.as_ref().ok_or(ApiError::Unauthorized(
            "This needs a key: Authorization: Bearer shk_… Ask the host for one, or make one at /staff/keys.",
        ))?;
        if key.scopes.contains(&scope) { Ok(key) } else { Err(ApiError::Forbidden(scope)) }
    }

    /// Whether the key has a scope.
    pub fn may(&self, scope: Scope) -> bool {
        self.key.as_ref().is_some_and(|k| k.scopes.contains(&scope))
    }

    /// For whom the answer is: a key that reads any notice or case is the host's own.
    pub fn viewer(&self) -> Viewer {
        let host = [Scope::NoticesRead, Scope::CasesRead, Scope::CasesWrite].iter().any(|scope| self.may(*scope));
        if host { Viewer::Host } else { Viewer::Sender }
    }

    /// Who acts, for the record.
    pub fn actor(&self) -> Actor {
        self.key.as_ref().map_or(Actor::Complainant, |k| Actor::Key(k.id, k.name.clone()))
    }

    /// The request as one that is done once, where the client sent an `Idempotency-Key`. `line` counts in a batch.
    pub fn once(&self, what: &str, body: &[u8], line: Option<u64>) -> Option<Once> {
        let key = self.idempotency.as_ref()?;
        let who = self.key.as_ref().map_or_else(|| format!("address {}", self.address), |k| format!("key {}", k.id));
        let key = line.map_or_else(|| key.clone(), |n| format!("{key}\0{n}"));
        Some(Once::new(&who, &key, &[what.as_bytes(), body]))
    }
}

type Coming<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned();
        let limits = request.app_data::<Data<Limits>>().cloned();
        let secret = secret(request);
        let idempotency = idempotency(request);
        let (address, agent) = match &app {
            Some(app) => (client::address(request, app), client::agent(request)),
            None => (String::new(), String::new()),
        };
        Box::pin(async move {
            let (Some(app), Some(limits)) = (app, limits) else {
                return Err(ApiError::Internal("no application".to_owned()));
            };
            let key = match secret {
                Ok(Some(secret)) => find(&app, &secret).await.map(Some),
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            };
            match &key {
                Ok(Some(key)) => limits.key(key.id)?,
                // Who has no key, or one that does not work, is a stranger as on pages.
                Ok(None) | Err(ApiError::Unauthorized(_)) => limits.page(&address)?,
                Err(_) => {}
            }
            let key = key?;
            Ok(Self { key, address, agent, idempotency: idempotency? })
        })
    }
}

/// The secret in `Authorization`; a header that cannot be one is refused rather than ignored.
fn secret(request: &HttpRequest) -> Result<Option<PlainToken>, ApiError> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let bearer =
        text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, t)| t.trim());
    let token = bearer.and_then(|t| PlainToken::parse(t.strip_prefix(KEY_PREFIX)?));
    token.map(Some).ok_or(ApiError::Unauthorized("Send the key as Authorization: Bearer shk_…"))
}

fn idempotency(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(text) if (1..=200).contains(&text.len()) => Ok(Some(text.to_owned())),
        _ => Err(ApiError::fault("/Idempotency-Key", "write 1 to 200 visible ASCII characters")),
    }
}

async fn find(app: &App, secret: &PlainToken) -> Result<ApiKey, ApiError> {
    let (hash, now) = (secret.hash(), app.clock.now());
    let key = app.read(move |c| api_keys::by_hash(c, &hash)).await?;
    let key = key.filter(|k| k.works(now)).ok_or(ApiError::Unauthorized(
        "This key does not work: it is not known, was revoked or has ended. Ask the host for a new one.",
    ))?;
    if api_keys::is_stale(&key, now) {
        let id = key.id;
        app.write_quietly(move |tx| Ok(api_keys::used(tx.conn, id, tx.now)?)).await?;
    }
    Ok(key)
}

/// Reads a body of JSON, off the threads that answer.
pub(super) async fn read_json<T>(app: &App, body: &Bytes) -> Result<T, ApiError>
where
    T: serde::de::DeserializeOwned + Validate + ToSchema + Send + 'static,
{
    let shared = body.clone();
    Ok(app.parse(body.len(), move || read_as(&shared)).await??)
}

/// A body as bytes, bounded.
pub(super) struct Raw(pub Bytes);

impl FromRequest for Raw {
    type Error = ApiError;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let max = request.app_data::<Data<App>>().map_or(0, |app| app.config().intake.max_body);
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            let too_large = format!("The body is larger than {max} bytes. Send less at once, or use a batch address.");
            body.await.map(Self).map_err(|error| match error.as_error::<PayloadError>() {
                Some(late) if guard::is_late(late) => ApiError::TooSlow,
                _ => ApiError::TooLarge(too_large),
            })
        })
    }
}
