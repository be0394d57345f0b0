//! Webhooks: endpoints are added and changed, and what happens is told to them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::EndpointId;
use crate::domain::base::moment::Span;
use crate::domain::outbox::webhook::{WebhookKind, is_public};
use crate::domain::record::event::outbox::{OfEndpoint, WebhookReplayed};
use crate::domain::record::event::{Actor, Beside, Event, Recorded, Subject};
use crate::storage::intake::notices;
use crate::storage::material::locations;
use crate::storage::outbox::webhooks::{self, Endpoint};
use crate::storage::{cases, customers};

/// How long the secret before a rotation still signs.
const OVERLAP: Span = Span::hours(24);

/// Puts a message into the queue of every endpoint that wants this event, in the event's own transaction.
pub(in crate::actions) fn tell(tx: &mut Tx<'_>, subject: Subject, event: &Event) -> Result<(), ActionError> {
    let Some(kind) = WebhookKind::of_event(event.kind()) else { return Ok(()) };
    let all = tx.endpoints()?;
    let wanted: Vec<&Endpoint> = all.iter().filter(|e| e.disabled_at.is_none() && e.kinds.contains(&kind)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let data = data(tx, subject, event)?;
    let body = json!({ "type": kind.code(), "timestamp": tx.now.iso(), "data": data }).to_string();
    let unique = tx.context.entropy.token();
    let message_id = format!("msg_{}", unique.reveal().get(..26).unwrap_or_default());
    for endpoint in wanted {
        webhooks::queue(tx.conn, endpoint.id, (&message_id, kind.code(), &body), tx.now)?;
    }
    Ok(())
}

/// Whether a system of the host listens for a kind of message, and so can be asked to act.
pub(in crate::actions) fn listens(tx: &mut Tx<'_>, kind: WebhookKind) -> Result<bool, ActionError> {
    Ok(tx.endpoints()?.iter().any(|e| e.disabled_at.is_none() && e.kinds.contains(&kind)))
}

/// The facts of the event, with the names that other systems know.
fn data(tx: &mut Tx<'_>, subject: Subject, event: &Event) -> Result<Value, ActionError> {
    let mut data = Recorded { event: event.clone(), beside: Beside::default() }.facts();
    match subject {
        Subject::Notice(id) => {
            data.insert("reference".to_owned(), notices::get(tx.conn, id)?.reference.as_str().into());
        }
        Subject::Case(id) => {
            let case = cases::get(tx.conn, id)?;
            data.insert("reference".to_owned(), case.reference.as_str().into());
            data.insert("notice".to_owned(), notices::get(tx.conn, case.notice_id)?.reference.as_str().into());
            data.insert("customer".to_owned(), customers::get(tx.conn, case.customer_id)?.external_id.into());
            data.insert("site".to_owned(), case.site.into());
            data.insert("state".to_owned(), case.state.code().into());
            with_addresses(tx, event, &mut data)?;
        }
        Subject::Customer(id) => {
            let customer = customers::get(tx.conn, id)?;
            data.insert("customer".to_owned(), customer.external_id.into());
            data.insert("standing".to_owned(), customer.standing.code().into());
        }
        Subject::Sender(_) | Subject::Installation => {}
    }
    Ok(Value::Object(data))
}

/// Who is asked to act on locations needs their addresses, not our row numbers alone.
fn with_addresses(tx: &mut Tx<'_>, event: &Event, data: &mut Map<String, Value>) -> Result<(), ActionError> {
    let Some(facts) = event.locations() else { return Ok(()) };
    let rows = locations::by_ids(tx.conn, &facts.locations)?;
    let rows = rows.into_iter().map(|r| json!({ "id": r.id, "address": r.shown, "state": r.state().code() }));
    data.insert("locations".to_owned(), rows.collect());
    Ok(())
}

/// Adds an endpoint; returns its secret, which staff can see once.
pub fn add_endpoint(
    tx: &mut Tx<'_>,
    url: &str,
    kinds: &[WebhookKind],
    actor: &Actor,
) -> Result<(EndpointId, String), ActionError> {
    let url = check(url, tx.context.config.webhooks.allow_private)?;
    if kinds.is_empty() {
        return Err(ActionError::Refused("Choose at least one thing to tell.".to_owned()));
    }
    let secret = secret(tx);
    let id = webhooks::insert(tx.conn, &url, kinds, &secret, &actor.to_string(), tx.now)?;
    tx.endpoints = None;
    tx.event(Subject::Installation, actor, Event::WebhookAdded(OfEndpoint { endpoint: id }))?;
    Ok((id, secret))
}

/// An address that can be told anything: https, no user name, not visibly inside our own network. What its name
/// resolves to is checked at every call.
fn check(written: &str, allow_private: bool) -> Result<String, ActionError> {
    let refuse = |words: &str| ActionError::Refused(words.to_owned());
    let url = url::Url::parse(written.trim())
        .map_err(|_| refuse("Write a whole web address, like https://panel.example/hooks."))?;
    let scheme_fits = url.scheme() == "https" || (allow_private && url.scheme() == "http");
    if !scheme_fits {
        return Err(refuse("Write an address that begins with https://."));
    }
    if !url.username().is_empty() || url.password().is_some() || written.len() > 2000 {
        return Err(refuse("Write an address without a user name, of at most 2,000 characters."));
    }
    let inside = match url.host() {
        Some(url::Host::Ipv4(ip)) => !is_public(ip.into()),
        Some(url::Host::Ipv6(ip)) => !is_public(ip.into()),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => true,
    };
    if inside && !allow_private {
        return Err(refuse("This address is inside a private network. webhooks.allow_private permits it."));
    }
    Ok(url.into())
}

/// A secret in the form of Standard Webhooks.
fn secret(tx: &Tx<'_>) -> String {
    format!("whsec_{}", STANDARD.encode(tx.context.entropy.bytes()))
}

/// A new secret; the one before signs for another day beside it.
pub fn rotate_secret(tx: &mut Tx<'_>, id: EndpointId, actor: &Actor) -> Result<String, ActionError> {
    let endpoint = webhooks::get(tx.conn, id)?;
    let fresh = secret(tx);
    webhooks::rotate(tx.conn, &endpoint, &fresh, tx.now + OVERLAP)?;
    tx.endpoints = None;
    tx.event(Subject::Installation, actor, Event::WebhookSecretRotated(OfEndpoint { endpoint: id }))?;
    Ok(fresh)
}

/// Switches an endpoint off, or on again. Messages that wait for it wait on.
pub fn switch_endpoint(tx: &mut Tx<'_>, id: EndpointId, on: bool, actor: &Actor) -> Result<(), ActionError> {
    webhooks::get(tx.conn, id)?;
    webhooks::set_disabled(tx.conn, id, (!on).then_some(tx.now))?;
    tx.endpoints = None;
    let facts = OfEndpoint { endpoint: id };
    let event = if on { Event::WebhookEnabled(facts) } else { Event::WebhookDisabled(facts) };
    tx.event(Subject::Installation, actor, event)
}

/// Sends a message again.
pub fn replay_delivery(tx: &mut Tx<'_>, id: i64, actor: &Actor) -> Result<(), ActionError> {
    if !webhooks::replay(tx.conn, id, tx.now)? {
        return Err(ActionError::Refused("This message is on its way already.".to_owned()));
    }
    tx.event(Subject::Installation, actor, Event::WebhookReplayed(WebhookReplayed { delivery: id }))
}
