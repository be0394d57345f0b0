//! Tells endpoints what happened. A message is claimed before it is sent; a repeat carries the same id, by
//! which receivers recognise it.

use std::collections::HashMap;

use tokio::task::JoinSet;

use super::back_off::{MAX_ATTEMPTS, pause};
use crate::actions::ActionError;
use crate::app::App;
use crate::domain::moment::Span;
use crate::storage::webhooks::{self, Delivery, Endpoint, Settled};
use crate::webhooks::Told;

const LEASE: Span = Span::minutes(2);
const CLAIM: i64 = 64;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    if !app.read(move |c| webhooks::any_due(c, now)).await? {
        return Ok(0);
    }
    let claimed = app.write_quietly(|tx| Ok(webhooks::claim(tx.conn, tx.now, LEASE, CLAIM)?)).await?;
    let endpoints: HashMap<i64, Endpoint> = app.read(webhooks::all).await?.into_iter().map(|e| (e.id.0, e)).collect();
    let mut sending = JoinSet::new();
    let done = claimed.len();
    for delivery in claimed {
        let (app, endpoint) = (app.clone(), endpoints.get(&delivery.endpoint_id).cloned());
        sending.spawn(async move { send(&app, endpoint, delivery).await });
    }
    while let Some(result) = sending.join_next().await {
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "what became of a webhook could not be recorded"),
            Err(error) => tracing::error!(%error, "a webhook's task ended early"),
        }
    }
    Ok(done)
}

async fn send(app: &App, endpoint: Option<Endpoint>, delivery: Delivery) -> Result<(), ActionError> {
    let now = app.clock.now();
    let told = match &endpoint {
        Some(endpoint) if endpoint.disabled_at.is_none() => {
            let secrets = endpoint.secrets(now);
            app.webhooks.tell(&endpoint.url, &secrets, &delivery.message_id, &delivery.body, now).await
        }
        _ => Told::Later("the endpoint is switched off".to_owned()),
    };
    let settled = settled(app, &delivery, told);
    tracing::info!(delivery = delivery.id, endpoint = delivery.endpoint_id, kind = delivery.kind, ?settled, "webhook");
    app.write_quietly(move |tx| Ok(webhooks::settle(tx.conn, delivery.id, &settled, tx.now)?)).await
}

fn settled(app: &App, delivery: &Delivery, told: Told) -> Settled {
    match told {
        Told::Taken(answer) => Settled::Delivered(answer),
        Told::Gone(answer) => Settled::Failed(answer),
        Told::Later(answer) => {
            let attempts = u32::try_from(delivery.attempts).unwrap_or(1);
            let again = app.clock.now() + pause(attempts, app.house.entropy.bits());
            // By then three days have passed; a message sent again by hand starts anew.
            if attempts >= MAX_ATTEMPTS {
                return Settled::Failed(format!("given up after {attempts} attempts: {answer}"));
            }
            Settled::Deferred(answer, again)
        }
    }
}
