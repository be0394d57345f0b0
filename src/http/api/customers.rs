//! `/api/v1/customers`: how they stand, and what the host's own systems say of them.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{Paging, fits, json, next, query, single, tag, with_status};
use super::assets::{AssetBody, Conflicting, account, assets_of};
use super::caller::{Caller, Raw, read_json};
use super::problem::ApiError;
use super::problem_responses::Problems;
use super::shapes::{ConflictOut, ContactOut, CustomerBrief, CustomerOut, Page, StrikeOut};
use crate::actions::{PutCustomer, put_customer};
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::base::contact::{EmailAddress, one_line};
use crate::domain::base::moment::Moment;
use crate::storage::customers;
use crate::storage::customers::contacts::{self, PutContact};
use crate::storage::enforcement::{policies, strikes};
use crate::storage::{Conn, StorageError};

/// List customers in the order they were added
#[utoipa::path(get, path = "/api/v1/customers", operation_id = "listCustomers", tag = "Customers", params(Paging), security(("key" = [])),
    responses((status = 200, description = "A page", body = Page<CustomerBrief>), Problems))]
pub async fn list(app: Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CustomersRead)?;
    let (limit, after) = query::<Paging>(&request)?.read()?;
    let found = app.read(move |c| customers::list(c, after, limit)).await?;
    let next = next(&found, limit, |c| c.id.to_string());
    let page = Page { items: found.iter().map(CustomerBrief::from).collect(), next };
    Ok(with_status(200, json(&page)?))
}

/// A customer with contacts and strikes, or nothing.
fn load(conn: &mut Conn, external_id: &str, now: Moment) -> Result<Option<CustomerOut>, StorageError> {
    let Some(customer) = customers::by_external_id(conn, external_id)? else { return Ok(None) };
    let policy = policies::in_force(conn, now)?.policy;
    let of_customer = strikes::of_customer(conn, customer.id, 200)?;
    let contacts = contacts::of_customer(conn, customer.id)?;
    Ok(Some(CustomerOut {
        customer: CustomerBrief::from(&customer),
        threshold: policy.segment(&customer.segment).threshold,
        contacts: contacts.into_iter().map(ContactOut::from).collect(),
        strikes: of_customer.iter().map(StrikeOut::from).collect(),
        conflicts: Vec::new(),
    }))
}

/// Read a customer with standing and strikes
#[utoipa::path(get, path = "/api/v1/customers/{external_id}", operation_id = "getCustomer", tag = "Customers",
    params(("external_id" = String, Path, description = "Account number at the host, percent-encoded as one segment", min_length = 1, max_length = 100)), security(("key" = [])),
    responses((status = 200, description = "The customer", body = CustomerOut, headers(("ETag" = String))), (status = 304, description = "Not changed since the ETag in If-None-Match"), Problems))]
pub async fn get(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CustomersRead)?;
    let (external_id, now) = (account(&path)?, app.clock.now());
    let found = app.read(move |c| load(c, &external_id, now)).await?;
    single(&request, &found.ok_or(ApiError::NotFound)?)
}

/// A contact to put.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBody {
    #[validate(length(max = 254, message = "at most 254 characters"))]
    #[schema(example = "owner@alder-photo.example")]
    email: String,
    #[serde(default)]
    #[validate(length(max = 200, message = "at most 200 characters"))]
    name: String,
    /// Such as Owner or NOC.
    #[serde(default)]
    #[validate(length(max = 60, message = "at most 60 characters"))]
    role: String,
    #[serde(default)]
    #[validate(length(max = 60, message = "at most 60 characters"))]
    phone: String,
}

/// A customer to put.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerBody {
    #[validate(length(min = 1, max = 200, message = "1 to 200 characters"))]
    #[schema(example = "Alder Photo Studio", min_length = 1, max_length = 200)]
    name: String,
    /// Named in the policy.
    #[validate(length(min = 1, max = 40, message = "1 to 40 characters"))]
    #[schema(example = "shared", min_length = 1, max_length = 40)]
    segment: String,
    /// All contacts; others are removed. Left out: they stay as they are.
    #[validate(length(max = 50, message = "at most 50 contacts"), nested)]
    contacts: Option<Vec<ContactBody>>,
    /// All assets; others end now. Left out: they stay as they are.
    #[validate(length(max = 10_000, message = "at most 10,000 assets; use assets:import for more"), nested)]
    assets: Option<Vec<AssetBody>>,
}

/// Add a customer or bring it up to date
///
/// Saying the same again changes nothing. An asset has one owner at a time: one that is another account's is taken over,
/// and `conflicts` names both.
#[utoipa::path(put, path = "/api/v1/customers/{external_id}", operation_id = "putCustomer", tag = "Customers", request_body = CustomerBody,
    params(("external_id" = String, Path, description = "Account number at the host, percent-encoded as one segment", min_length = 1, max_length = 100),
        ("If-Match" = Option<String>, Header,  description = "ETag of what you read; 412 where it has changed since"), Conflicting),
    security(("key" = [])),
    responses((status = 200, description = "Up to date", body = CustomerOut, headers(("ETag" = String))), (status = 201, description = "Added", body = CustomerOut, headers(("ETag" = String))), (status = 412, description = "Changed since you read it", body = super::problem::Problem, content_type = "application/problem+json"), Problems))]
pub async fn put(
    app: Data<App>,
    caller: Caller,
    path: Path<String>,
    request: HttpRequest,
    Raw(body): Raw,
) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::CustomersWrite)?;
    let external_id = account(&path)?;
    let body: CustomerBody = read_json(&app, &body).await?;
    let new = PutCustomer {
        external_id: external_id.clone(),
        name: one_line(&body.name, 200),
        segment: body.segment,
        contacts: body.contacts.map(|list| contacts(&list)).transpose()?,
        assets: body.assets.map(|list| assets_of(&list, "/assets")).transpose()?,
        on_conflict: Conflicting::of(&request)?,
    };
    if new.name.is_empty() {
        return Err(ApiError::fault("/name", "write the name of the account"));
    }
    let (actor, now, wanted) = (caller.actor(), app.clock.now(), external_id.clone());
    let before = app.read(move |c| load(c, &wanted, now)).await?;
    let before = before.map(|b| json(&b)).transpose()?;
    if !fits(&request, before.map(|b| tag(&b)).as_deref()) {
        return Err(ApiError::Changed);
    }
    let (added, conflicts) = app.write(move |tx| put_customer(tx, &new, &actor)).await?;
    let mut after = app.read(move |c| load(c, &external_id, now)).await?.ok_or(ApiError::NotFound)?;
    let tag = tag(&json(&after)?);
    after.conflicts = conflicts.into_iter().map(ConflictOut::from).collect();
    let text = json(&after)?;
    let mut response =
        HttpResponse::build(if added { actix_web::http::StatusCode::CREATED } else { actix_web::http::StatusCode::OK });
    Ok(response.insert_header(("etag", tag)).content_type("application/json").body(text))
}

fn contacts(list: &[ContactBody]) -> Result<Vec<PutContact>, ApiError> {
    let read = |(place, c): (usize, &ContactBody)| {
        let email = EmailAddress::parse(&c.email).ok_or_else(|| {
            ApiError::fault(&format!("/contacts/{place}/email"), "write an email address, like owner@example.com")
        })?;
        let role = if c.role.trim().is_empty() { "Owner".to_owned() } else { one_line(&c.role, 60) };
        Ok(PutContact {
            role: Some(role),
            name: Some(one_line(&c.name, 200)),
            email,
            phone: Some(one_line(&c.phone, 60)),
        })
    };
    list.iter().enumerate().map(read).collect()
}
