//! `GET /api/v1/events`: everything that happens, for systems that keep in step.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{json, limit, query, with_status};
use super::caller::Caller;
use super::problem::ApiError;
use super::problem_responses::Problems;
use super::shapes::EventOut;
use crate::app::App;
use crate::domain::access::scope::Scope;
use crate::domain::base::moment::Moment;
use crate::storage::record::feed::{self, FeedEvent};

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Want {
    /// Events after this one; 0 or nothing begins with the first.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// Entries of a page; 50 where it is not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feed {
    items: Vec<EventOut>,
    /// Send it as `after` to go on, now or later: no event is passed by or told twice.
    next: i64,
}

impl From<FeedEvent> for EventOut {
    fn from(e: FeedEvent) -> Self {
        Self {
            id: e.event.row.id,
            at: Moment(e.event.row.at).iso(),
            facts: e.event.facts(),
            about: e.about,
            reference: e.reference,
            reason: e.event.reason(),
            forgotten: e.event.forgotten(),
            kind: e.event.row.kind,
            actor: e.event.actor,
            actor_id: e.event.row.actor,
        }
    }
}

/// Read the record, oldest first
#[utoipa::path(get, path = "/api/v1/events", operation_id = "listEvents", tag = "Events", params(Want), security(("key" = [])),
    responses((status = 200, description = "A page; empty where nothing new happened", body = Feed), Problems))]
pub async fn list(app: Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    caller.with(Scope::EventsRead)?;
    let want: Want = query(&request)?;
    let limit = limit(want.limit)?;
    let after = want.after.unwrap_or(0);
    if after < 0 {
        return Err(ApiError::fault("/after", "write the id of an event, or 0"));
    }
    let found = app.read(move |c| feed::after(c, after, limit)).await?;
    let next = found.last().map_or(after, |e| e.event.row.id);
    Ok(with_status(200, json(&Feed { items: found.into_iter().map(EventOut::from).collect(), next })?))
}
