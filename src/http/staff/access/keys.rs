//! `GET /staff/keys`: keys of the API; a new one shows its secret once.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::actions::{ActionError, make_key, revoke_key};
use crate::app::App;
use crate::domain::access::role::StaffRole;
use crate::domain::access::scope::Scope;
use crate::domain::base::ids::ApiKeyId;
use crate::domain::base::moment::Span;
use crate::http::access::{Staff, StaffForm};
use crate::http::error::HttpError;
use crate::http::form::Errors;
use crate::http::page::{html, see};
use crate::http::staff::layout::desk::Desk;
use crate::storage::access::api_keys::{self, ApiKey, NewKey};

/// How long a key can be made for.
const LIFETIMES: [(&str, &str); 5] =
    [("30d", "30 days"), ("90d", "90 days"), ("365d", "One year"), ("730d", "Two years"), ("", "Until it is revoked")];

#[derive(Template)]
#[template(path = "staff/keys.html")]
struct KeysPage {
    desk: Desk,
    keys: Vec<ApiKey>,
    errors: Errors,
    /// The name as typed.
    given: String,
    chosen: Vec<Scope>,
    /// The secret of the key that was just made.
    secret: Option<String>,
}

impl KeysPage {
    fn scopes(&self) -> [Scope; 8] {
        Scope::ALL
    }
    fn lifetimes(&self) -> [(&'static str, &'static str); 5] {
        LIFETIMES
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    fn is_chosen(&self, scope: &Scope) -> bool {
        self.chosen.contains(scope)
    }
    fn works(&self, key: &ApiKey) -> bool {
        key.works(self.desk.now)
    }
    fn list(&self, key: &ApiKey) -> String {
        key.scopes.iter().map(|s| s.code()).collect::<Vec<_>>().join(", ")
    }
}

async fn page(app: &App, who: Staff) -> Result<KeysPage, HttpError> {
    let desk = Desk::load(app, who, "keys").await?;
    let keys = app.read(api_keys::all).await?;
    Ok(KeysPage { desk, keys, errors: Errors::default(), given: String::new(), chosen: Vec::new(), secret: None })
}

/// Shows the page.
pub async fn show(app: Data<App>, who: Staff) -> Result<HttpResponse, HttpError> {
    who.require(StaffRole::Admin)?;
    html(StatusCode::OK, &page(&app, who).await?)
}

/// Makes a key.
pub async fn make(app: Data<App>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    let StaffForm { staff, form } = sent;
    staff.require(StaffRole::Admin)?;
    let name = form.get("name").to_owned();
    let scopes: Vec<Scope> = form.all("scope").iter().filter_map(|s| s.parse().ok()).collect();
    let lifetime: Option<Span> = form.get("expires").parse().ok();
    let new =
        NewKey { name: name.clone(), scopes: scopes.clone(), expires_at: lifetime.map(|span| app.clock.now() + span) };
    let actor = staff.actor();
    let made = app.write(move |tx| make_key(tx, &new, &actor)).await;
    let mut page = page(&app, staff).await?;
    match made {
        Ok((_, secret)) => {
            page.secret = Some(secret);
            html(StatusCode::OK, &page)
        }
        Err(ActionError::Refused(words)) => {
            page.errors.add(if name.trim().is_empty() { "name" } else { "scope-0" }, words);
            (page.given, page.chosen) = (name, scopes);
            html(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(other) => Err(other.into()),
    }
}

/// Revokes a key.
pub async fn revoke(app: Data<App>, path: Path<i64>, sent: StaffForm) -> Result<HttpResponse, HttpError> {
    sent.staff.require(StaffRole::Admin)?;
    let (id, actor) = (ApiKeyId(path.into_inner()), sent.staff.actor());
    app.write(move |tx| revoke_key(tx, id, &actor)).await?;
    Ok(see("/staff/keys"))
}
