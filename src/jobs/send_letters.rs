//! Sends letters that are due. A letter is claimed before it is sent, so that two nodes send each once; a
//! node that dies while sending leaves a lease that runs out, and the repeat carries the same Message-ID.

use tokio::task::JoinSet;

use super::back_off::{MAX_ATTEMPTS, pause};
use crate::actions::{ActionError, record_delivery};
use crate::app::App;
use crate::domain::moment::{Moment, Span};
use crate::mail::message::{Outgoing, write};
use crate::mail::transport::Sent;
use crate::storage::letters::{self, Delivery, LetterRow};

/// Longer than any conversation with a mail server.
const LEASE: Span = Span::minutes(5);
/// Letters claimed at a time; with a minute of patience each they stay within the lease.
const CLAIM: i64 = 64;

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    if !app.read(move |c| letters::any_due(c, now)).await? {
        return Ok(0);
    }
    let claimed = app.write_quietly(|tx| Ok(letters::claim(tx.conn, tx.now, LEASE, CLAIM)?)).await?;
    let mut sending = JoinSet::new();
    let done = claimed.len();
    for letter in claimed {
        let app = app.clone();
        sending.spawn(async move { send(&app, letter).await });
    }
    while let Some(result) = sending.join_next().await {
        // The letter's lease runs out and it is tried again, under the same Message-ID.
        match result {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "what became of a letter could not be recorded"),
            Err(error) => tracing::error!(%error, "a letter's task ended early"),
        }
    }
    Ok(done)
}

async fn send(app: &App, letter: LetterRow) -> Result<(), ActionError> {
    let sent = attempt(app, &letter).await;
    let delivery = delivery(app, &letter, sent);
    tracing::info!(letter = letter.id, kind = letter.kind, state = word(&delivery), "letter");
    app.write_quietly(move |tx| record_delivery(tx, &letter, &delivery)).await
}

async fn attempt(app: &App, letter: &LetterRow) -> Sent {
    let config = app.config();
    let unique = letter.message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
    let reply_to = config.inbound.reply_address.as_ref().map(|mailbox| mailbox.extended(unique).to_string());
    let outgoing = Outgoing {
        reply_to: reply_to.as_deref(),
        from_name: &format!("{} Copyright Agent", config.host.name),
        from: config.mail.from.as_str(),
        to_name: &letter.to_name,
        to: &letter.to_address,
        subject: &letter.subject,
        text: &letter.text_part,
        html: &letter.html_part,
        message_id: &letter.message_id,
        date: Moment(letter.created_at),
    };
    match write(&outgoing) {
        Ok(ready) => app.transport.send(&file_name(letter), ready).await,
        // An address that cannot be written will not become better.
        Err(error) => Sent::Refused(error.to_string()),
    }
}

/// Sorts by time in a folder and tells what it is: `000042-notice_to_customer-owner_at_alder.example`.
fn file_name(letter: &LetterRow) -> String {
    let to: String = letter.to_address.replace('@', "_at_");
    let to: String = to.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    format!("{:06}-{}-{}", letter.id, letter.kind, to.get(..80).unwrap_or(&to))
}

fn delivery(app: &App, letter: &LetterRow, sent: Sent) -> Delivery {
    match sent {
        Sent::Accepted(answer) => Delivery::Accepted(answer),
        Sent::Refused(answer) => Delivery::Failed(answer),
        Sent::Later(answer) => {
            let attempts = u32::try_from(letter.attempts).unwrap_or(MAX_ATTEMPTS);
            if attempts >= MAX_ATTEMPTS {
                return Delivery::Failed(format!("given up after {attempts} attempts: {answer}"));
            }
            Delivery::Deferred(answer, app.clock.now() + pause(attempts, app.house.entropy.bits()))
        }
    }
}

fn word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Accepted(_) => "accepted",
        Delivery::Deferred(..) => "deferred",
        Delivery::Failed(_) => "failed",
    }
}
