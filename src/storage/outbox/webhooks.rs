//! Webhook endpoints and the messages to them: rows written with the event that causes them; a job sends them.

use diesel::prelude::*;

use crate::domain::base::ids::EndpointId;
use crate::domain::base::moment::{Moment, Span};
use crate::domain::outbox::webhook::WebhookKind;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::{webhook_deliveries, webhook_endpoints};

/// Where messages go.
#[derive(Clone)]
pub struct Endpoint {
    pub id: EndpointId,
    pub url: String,
    pub kinds: Vec<WebhookKind>,
    secret: String,
    previous: Option<(String, Moment)>,
    pub created_at: Moment,
    pub created_by: String,
    pub disabled_at: Option<Moment>,
    /// Rounds of calls in a row of which none was taken.
    pub failures: i32,
    /// It failed too often: until then it is not called.
    pub paused_until: Option<Moment>,
}

impl Endpoint {
    /// Until when it is left alone.
    pub fn paused(&self, now: Moment) -> Option<Moment> {
        self.paused_until.filter(|until| now < *until && self.disabled_at.is_none())
    }
    /// The secrets that sign now, the newest first: two while one takes over from the other.
    pub fn secrets(&self, now: Moment) -> Vec<&str> {
        let before = self.previous.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret.as_str());
        std::iter::once(self.secret.as_str()).chain(before).collect()
    }
    /// Until when the secret before still signs.
    pub fn previous_until(&self, now: Moment) -> Option<Moment> {
        self.previous.as_ref().map(|(_, until)| *until).filter(|until| now < *until)
    }
}

type Row = (i64, String, String, String, Option<String>, Option<i64>, i64, String, Option<i64>, i32, Option<i64>);

fn read(row: Row) -> Result<Endpoint, StorageError> {
    let (id, url, kinds, secret, previous, until, created, created_by, disabled, failures, paused) = row;
    let kinds: Result<Vec<WebhookKind>, ()> = kinds.split_whitespace().map(str::parse).collect();
    Ok(Endpoint {
        id: EndpointId(id),
        url,
        kinds: kinds.map_err(|()| StorageError::corrupt("webhook_endpoints", "kinds", id))?,
        secret,
        previous: previous.zip(until.map(Moment)),
        created_at: Moment(created),
        created_by,
        disabled_at: disabled.map(Moment),
        failures,
        paused_until: paused.map(Moment),
    })
}

macro_rules! columns {
    () => {
        (
            webhook_endpoints::id,
            webhook_endpoints::url,
            webhook_endpoints::kinds,
            webhook_endpoints::secret,
            webhook_endpoints::previous_secret,
            webhook_endpoints::previous_until,
            webhook_endpoints::created_at,
            webhook_endpoints::created_by,
            webhook_endpoints::disabled_at,
            webhook_endpoints::failures,
            webhook_endpoints::paused_until,
        )
    };
}

/// Adds an endpoint.
pub fn insert(
    conn: &mut Conn,
    url: &str,
    kinds: &[WebhookKind],
    secret: &str,
    by: &str,
    now: Moment,
) -> Result<EndpointId, StorageError> {
    let kinds: Vec<&str> = kinds.iter().map(|k| k.code()).collect();
    let id: i64 = diesel::insert_into(webhook_endpoints::table)
        .values((
            webhook_endpoints::url.eq(url),
            webhook_endpoints::kinds.eq(kinds.join(" ")),
            webhook_endpoints::secret.eq(secret),
            webhook_endpoints::created_at.eq(now.0),
            webhook_endpoints::created_by.eq(by),
        ))
        .returning(webhook_endpoints::id)
        .get_result(conn)?;
    Ok(EndpointId(id))
}

/// All endpoints (at most 200).
pub fn all(conn: &mut Conn) -> Result<Vec<Endpoint>, StorageError> {
    let rows: Vec<Row> = webhook_endpoints::table
        .order(webhook_endpoints::id)
        .limit(200)
        .select(columns!())
        .fixed(here!())
        .rows(conn)?;
    rows.into_iter().map(read).collect()
}

/// One endpoint.
pub fn get(conn: &mut Conn, id: EndpointId) -> Result<Endpoint, StorageError> {
    let row: Option<Row> = webhook_endpoints::table.find(id.0).select(columns!()).first(conn).optional()?;
    row.map(read).transpose()?.ok_or(StorageError::NotFound { table: "webhook_endpoints", id: id.to_string() })
}

/// A new secret; the one before signs too until a moment.
pub fn rotate(conn: &mut Conn, endpoint: &Endpoint, secret: &str, until: Moment) -> Result<(), StorageError> {
    diesel::update(webhook_endpoints::table.find(endpoint.id.0))
        .set((
            webhook_endpoints::secret.eq(secret),
            webhook_endpoints::previous_secret.eq(&endpoint.secret),
            webhook_endpoints::previous_until.eq(until.0),
        ))
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

/// Switches an endpoint off, or on again.
pub fn set_disabled(conn: &mut Conn, id: EndpointId, at: Option<Moment>) -> Result<(), StorageError> {
    diesel::update(webhook_endpoints::table.find(id.0))
        .set((webhook_endpoints::disabled_at.eq(at.map(|m| m.0)), webhook_endpoints::paused_until.eq(None::<i64>)))
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

/// A message to an endpoint.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub struct Delivery {
    pub id: i64,
    pub endpoint_id: i64,
    pub message_id: String,
    pub kind: String,
    pub body: String,
    /// `queued`, `sending`, `deferred`, `delivered`, `failed`.
    pub state: String,
    pub created_at: i64,
    pub attempts: i32,
    pub due_at: i64,
    pub settled_at: Option<i64>,
    pub answer: String,
}

/// Puts a message into the queue.
pub fn queue(
    conn: &mut Conn,
    endpoint: EndpointId,
    (message_id, kind, body): (&str, &str, &str),
    now: Moment,
) -> Result<(), StorageError> {
    diesel::insert_into(webhook_deliveries::table)
        .values((
            webhook_deliveries::endpoint_id.eq(endpoint.0),
            webhook_deliveries::message_id.eq(message_id),
            webhook_deliveries::kind.eq(kind),
            webhook_deliveries::body.eq(body),
            webhook_deliveries::state.eq("queued"),
            webhook_deliveries::created_at.eq(now.0),
            webhook_deliveries::attempts.eq(0),
            webhook_deliveries::due_at.eq(now.0),
            webhook_deliveries::answer.eq(""),
        ))
        .execute(conn)?;
    Ok(())
}

/// All states of a message, as in [`Delivery::state`].
pub const STATES: [&str; 5] = ["queued", "sending", "deferred", "delivered", "failed"];
const WAITING: [&str; 3] = ["queued", "deferred", "sending"];

/// Endpoints to which a message is due and that are not left alone now, of those that nobody is busy with.
pub fn due(conn: &mut Conn, now: Moment, busy: &[EndpointId]) -> Result<Vec<Endpoint>, StorageError> {
    let mut found = Vec::new();
    for endpoint in all(conn)?.into_iter().filter(|e| e.paused(now).is_none() && !busy.contains(&e.id)) {
        let waiting = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(endpoint.id.0))
            .filter(webhook_deliveries::state.eq_any(WAITING))
            .filter(webhook_deliveries::due_at.le(now.0));
        if diesel::select(diesel::dsl::exists(waiting)).get_result(conn)? {
            found.push(endpoint);
        }
    }
    Ok(found)
}

/// Claims messages to an endpoint that are due, as letters are claimed: by a lease, each by one node.
pub fn claim(
    conn: &mut Conn,
    endpoint: EndpointId,
    now: Moment,
    lease: Span,
    limit: i64,
) -> Result<Vec<Delivery>, StorageError> {
    let mut mine: Vec<i64> = Vec::new();
    for state in WAITING {
        let left = limit - i64::try_from(mine.len()).unwrap_or(limit);
        mine.extend(due_in(conn, (endpoint, state), now, left)?);
    }
    let claimed = webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(mine));
    diesel::update(claimed.clone())
        .set((
            webhook_deliveries::state.eq("sending"),
            webhook_deliveries::due_at.eq((now + lease).0),
            webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
        ))
        .execute(conn)?;
    Ok(claimed.order(webhook_deliveries::id).select(Delivery::as_select()).load(conn)?)
}

/// Messages of a state that are due, held as letters are.
fn due_in(
    conn: &mut Conn,
    (endpoint, state): (EndpointId, &str),
    now: Moment,
    limit: i64,
) -> Result<Vec<i64>, StorageError> {
    let due = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint.0))
        .filter(webhook_deliveries::state.eq(state))
        .filter(webhook_deliveries::due_at.le(now.0))
        .order((webhook_deliveries::due_at, webhook_deliveries::id))
        .limit(limit)
        .select(webhook_deliveries::id);
    Ok(match conn {
        Conn::Postgres(c) => due.for_update().skip_locked().load(c)?,
        Conn::Sqlite(c) => due.load(c)?,
    })
}

/// A round of calls to an endpoint is over: how many in a row have failed now, and until when it is left alone.
pub fn set_health(
    conn: &mut Conn,
    id: EndpointId,
    failures: i32,
    paused_until: Option<Moment>,
) -> Result<(), StorageError> {
    diesel::update(webhook_endpoints::table.find(id.0))
        .set((webhook_endpoints::failures.eq(failures), webhook_endpoints::paused_until.eq(paused_until.map(|m| m.0))))
        .execute(conn)?;
    Ok(())
}

/// Gives up messages to an endpoint that have been due since before a moment, because it was left alone.
pub fn give_up(conn: &mut Conn, id: EndpointId, before: Moment, why: &str, now: Moment) -> Result<usize, StorageError> {
    let mut given_up = 0;
    for state in ["queued", "deferred"] {
        let old = webhook_deliveries::table
            .filter(webhook_deliveries::endpoint_id.eq(id.0))
            .filter(webhook_deliveries::state.eq(state))
            .filter(webhook_deliveries::due_at.lt(before.0));
        given_up += diesel::update(old)
            .set((
                webhook_deliveries::state.eq("failed"),
                webhook_deliveries::answer.eq(why),
                webhook_deliveries::settled_at.eq(now.0),
            ))
            .execute(conn)?;
    }
    Ok(given_up)
}

/// Ends the leases of a process that is gone: its messages are due now. Returns how many.
pub fn end_leases(conn: &mut Conn, now: Moment) -> Result<usize, StorageError> {
    let leased = webhook_deliveries::table
        .filter(webhook_deliveries::state.eq("sending"))
        .filter(webhook_deliveries::due_at.gt(now.0));
    Ok(diesel::update(leased).set(webhook_deliveries::due_at.eq(now.0)).execute(conn)?)
}

/// What became of an attempt: taken, to be tried again at a moment, or given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    Delivered(String),
    Deferred(String, Moment),
    Failed(String),
}

/// Records what became of an attempt.
pub fn settle(conn: &mut Conn, id: i64, settled: &Settled, now: Moment) -> Result<(), StorageError> {
    let sending = webhook_deliveries::table.find(id).filter(webhook_deliveries::state.eq("sending"));
    let (state, answer, due) = match settled {
        Settled::Delivered(answer) => ("delivered", answer, None),
        Settled::Deferred(answer, again) => ("deferred", answer, Some(*again)),
        Settled::Failed(answer) => ("failed", answer, None),
    };
    diesel::update(sending)
        .set((
            webhook_deliveries::state.eq(state),
            webhook_deliveries::answer.eq(answer),
            webhook_deliveries::settled_at.eq(due.is_none().then_some(now.0)),
            webhook_deliveries::due_at.eq(due.map_or(now.0, |d| d.0)),
        ))
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

/// Sends a message again that was delivered or given up, under the same id; returns whether it was.
pub fn replay(conn: &mut Conn, id: i64, now: Moment) -> Result<bool, StorageError> {
    let settled = webhook_deliveries::table.find(id).filter(webhook_deliveries::state.eq_any([
        "delivered",
        "failed",
        "deferred",
    ]));
    let set = (
        webhook_deliveries::state.eq("queued"),
        webhook_deliveries::attempts.eq(0),
        webhook_deliveries::due_at.eq(now.0),
        webhook_deliveries::settled_at.eq(None::<i64>),
    );
    if diesel::update(settled).set(set).execute(conn)? == 0 {
        return Ok(false);
    }
    // Who sends it again wants the endpoint called.
    let of: i64 = webhook_deliveries::table.find(id).select(webhook_deliveries::endpoint_id).first(conn)?;
    diesel::update(webhook_endpoints::table.find(of))
        .set(webhook_endpoints::paused_until.eq(None::<i64>))
        .execute(conn)?;
    Ok(true)
}

/// Messages to an endpoint, newest first, before a row number.
pub fn deliveries(
    conn: &mut Conn,
    endpoint: EndpointId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Delivery>, StorageError> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint.0))
        .filter(webhook_deliveries::id.lt(before.unwrap_or(i64::MAX)))
        .order(webhook_deliveries::id.desc())
        .limit(limit)
        .select(Delivery::as_select())
        .load(conn)?)
}
