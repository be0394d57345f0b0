//! Tells endpoints what happened. A message is claimed before it is sent; a repeat carries the same id, by
//! which receivers recognize it.
//!
//! Each endpoint has a queue of its own, and nobody waits for another: while one does not answer, the others get what
//! comes meanwhile. One that failed several rounds in a row is left alone for a while, longer each time, and then tried
//! with a single message.

use std::collections::HashSet;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::back_off::{MAX_ATTEMPTS, pause};
use crate::actions::ActionError;
use crate::app::App;
use crate::domain::base::ids::EndpointId;
use crate::domain::base::moment::Span;
use crate::storage::outbox::webhooks::{self, Delivery, Endpoint, Settled};
use crate::webhooks::EndpointAnswer;

const LEASE: Span = Span::minutes(2);
/// Messages to one endpoint at the same time.
const TOGETHER: i64 = 16;
/// Rounds that fail in a row before an endpoint is left alone.
const PATIENCE: i32 = 3;
/// How long a message waits for an endpoint that is left alone.
const LONGEST: Span = Span::days(3);
/// How often others are looked for while an endpoint is being called.
const LOOK: Duration = Duration::from_millis(500);

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let (mut rounds, mut busy, mut done) = (JoinSet::new(), HashSet::new(), 0);
    loop {
        if !app.is_stopping() {
            let (now, taken): (_, Vec<EndpointId>) = (app.clock.now(), busy.iter().copied().collect());
            for endpoint in app.read(move |c| webhooks::due(c, now, &taken)).await? {
                busy.insert(endpoint.id);
                let app = app.clone();
                rounds.spawn(async move { (endpoint.id, round(&app, endpoint).await) });
            }
        }
        if busy.is_empty() {
            return Ok(done);
        }
        match timeout(LOOK, rounds.join_next()).await {
            // Nobody is done yet; perhaps somebody else has something due.
            Err(_) => {}
            Ok(Some(Ok((id, result)))) => {
                busy.remove(&id);
                done += result?;
            }
            Ok(Some(Err(error))) => {
                tracing::error!(%error, "calls to an endpoint ended early");
                return Ok(done);
            }
            Ok(None) => return Ok(done),
        }
    }
}

/// Sends some messages to an endpoint at the same time and records how it went.
async fn round(app: &App, endpoint: Endpoint) -> Result<usize, ActionError> {
    let (id, failures) = (endpoint.id, endpoint.failures);
    let limit = if failures < PATIENCE { TOGETHER } else { 1 };
    let claimed = app.write_quietly(move |tx| Ok(webhooks::claim(tx.conn, id, tx.now, LEASE, limit)?)).await?;
    let is_on = endpoint.disabled_at.is_none();
    let mut sending = JoinSet::new();
    let done = claimed.len();
    for delivery in claimed {
        let (app, endpoint) = (app.clone(), endpoint.clone());
        sending.spawn(async move { send(&app, &endpoint, delivery).await });
    }
    let (mut taken, mut failed) = (0, 0);
    while let Some(result) = sending.join_next().await {
        match result {
            Ok(Ok(true)) => taken += 1,
            Ok(Ok(false)) => failed += 1,
            Ok(Err(error)) => tracing::error!(%error, "what became of a webhook could not be recorded"),
            Err(error) => tracing::error!(%error, "a webhook's task ended early"),
        }
    }
    if is_on && (taken > 0 || failed > 0) {
        record_health(app, &endpoint, taken > 0).await?;
    }
    Ok(done)
}

/// An endpoint that took something is well; one that took nothing for several rounds is left alone for a while.
async fn record_health(app: &App, endpoint: &Endpoint, well: bool) -> Result<(), ActionError> {
    let id = endpoint.id;
    if well {
        if endpoint.failures == 0 {
            return Ok(());
        }
        return app.write_quietly(move |tx| Ok(webhooks::set_health(tx.conn, id, 0, None)?)).await;
    }
    let failures = endpoint.failures.saturating_add(1);
    let beyond = u32::try_from(failures - PATIENCE + 1).unwrap_or(0);
    let until = (beyond > 0).then(|| app.clock.now() + pause(beyond, app.context.entropy.bits()));
    if let Some(until) = until {
        tracing::warn!(endpoint = id.0, failures, until = until.iso(), "an endpoint does not take anything; it waits");
    }
    app.write_quietly(move |tx| {
        if until.is_some() {
            let why = "given up after three days: the endpoint took nothing";
            webhooks::give_up(tx.conn, id, tx.now - LONGEST, why, tx.now)?;
        }
        Ok(webhooks::set_health(tx.conn, id, failures, until)?)
    })
    .await
}

/// One message; returns whether it was taken.
async fn send(app: &App, endpoint: &Endpoint, delivery: Delivery) -> Result<bool, ActionError> {
    let now = app.clock.now();
    let told = if endpoint.disabled_at.is_none() {
        let secrets = endpoint.secrets(now);
        app.webhooks.tell(&endpoint.url, &secrets, &delivery.message_id, &delivery.body, now).await
    } else {
        EndpointAnswer::Later("the endpoint is switched off".to_owned())
    };
    let settled = settled(app, &delivery, told);
    tracing::info!(delivery = delivery.id, endpoint = delivery.endpoint_id, kind = delivery.kind, ?settled, "webhook");
    let taken = matches!(settled, Settled::Delivered(_));
    app.write_quietly(move |tx| Ok(webhooks::settle(tx.conn, delivery.id, &settled, tx.now)?)).await?;
    Ok(taken)
}

fn settled(app: &App, delivery: &Delivery, told: EndpointAnswer) -> Settled {
    match told {
        EndpointAnswer::Taken(answer) => Settled::Delivered(answer),
        EndpointAnswer::Gone(answer) => Settled::Failed(answer),
        EndpointAnswer::Later(answer) => {
            let attempts = u32::try_from(delivery.attempts).unwrap_or(1);
            let again = app.clock.now() + pause(attempts, app.context.entropy.bits());
            // By then three days have passed; a message sent again by hand starts anew.
            if attempts >= MAX_ATTEMPTS {
                return Settled::Failed(format!("given up after {attempts} attempts: {answer}"));
            }
            Settled::Deferred(answer, again)
        }
    }
}
