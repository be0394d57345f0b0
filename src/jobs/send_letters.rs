//! Sends letters that are due. A letter is claimed before it is sent, so that two nodes send each once; a
//! node that dies while sending leaves a lease that runs out, and the repeat carries the same Message-ID.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};
use tokio::task::JoinError;
use tokio::time::Instant;

use super::back_off::{MAX_ATTEMPTS, pause};
use crate::actions::{ActionError, names_old_deadline, record_delivery, refresh_deadline};
use crate::app::App;
use crate::domain::letter_words::Kept;
use crate::domain::moment::{Moment, Span};
use crate::mail::message::{Outgoing, write};
use crate::mail::transport::Sent;
use crate::storage::letters::{self, Delivery, LetterRow};
use crate::storage::{Conn, StorageError, letter_threads};

/// No letter of a round is begun later.
const ROUND: Span = Span::minutes(1);
/// Letters claimed at a time: under load a claim waits as long for its commit as a notice does.
const CLAIM: i64 = 256;
/// Transactions that record letters side by side; sending goes on meanwhile.
const RECORDED: usize = 4;
/// What was not begun because the mail server says nothing waits this long.
const REST: Span = Span::minutes(1);

/// One round; ends early where the mail server says nothing, so that it does not hold up what else is to be done.
struct Round {
    silent: AtomicBool,
    until: Instant,
}

impl Round {
    fn is_over(&self) -> bool {
        self.silent.load(Ordering::SeqCst) || Instant::now() > self.until
    }
}

/// A round, with its last letter on connections that hang in every step, ends before it: a warm one, greeting, letter.
fn lease(app: &App) -> Span {
    let patience = app.config().mail.smtp.as_ref().map_or(0, |smtp| smtp.patience.0);
    Span(ROUND.0 + 3 * patience + Span::minutes(1).0)
}

/// A letter with its words, and the Message-IDs it refers to.
type Claimed = (LetterRow, Kept, Vec<String>);
/// What became of a letter in an attempt, and when that began.
type Settled = (LetterRow, Delivery, Moment);

pub(super) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    if !app.read(move |c| letters::any_due(c, now)).await? {
        return Ok(0);
    }
    let lease = lease(app);
    // By a clock that jumped, every lease is over.
    let believed = app.doubts_clock().is_none();
    let claimed = app.write_quietly(move |tx| Ok(letters::claim(tx.conn, tx.now, (lease, believed), CLAIM)?)).await?;
    let done = claimed.len();
    // The lease keeps others away, so what the letters say is read beside the writer.
    let claimed = app.read(move |c| to_send(c, &claimed)).await?;
    if claimed.len() < done {
        tracing::error!(letters = done - claimed.len(), "letters have no words and cannot be sent");
    }
    let round = Arc::new(Round { silent: AtomicBool::new(false), until: Instant::now() + ROUND.to_std() });
    let sending = stream::iter(claimed)
        .map(|letter| tokio::spawn(send(app.clone(), Arc::clone(&round), letter)))
        .buffer_unordered(app.transport.at_once());
    // What is known at the same moment is recorded in one transaction.
    let record_some = |results: Vec<Result<Settled, JoinError>>| async {
        // A letter whose task ended early is tried again when its lease has run out, under the same Message-ID.
        let (settled, broken): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
        if !broken.is_empty() {
            tracing::error!(letters = broken.len(), "tasks of letters ended early");
        }
        record(app, settled.into_iter().flatten().collect()).await;
    };
    sending.ready_chunks(64).for_each_concurrent(RECORDED, record_some).await;
    if round.silent.load(Ordering::SeqCst) {
        tracing::warn!("the mail server did not answer in time; letters that were not begun wait a minute");
    }
    Ok(done)
}

fn to_send(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Claimed>, StorageError> {
    let (rows, words): (Vec<LetterRow>, Vec<Kept>) = letters::to_send(conn, ids)?.into_iter().unzip();
    let mut threads = letter_threads::of(conn, &rows)?;
    let with_thread = |(letter, words): (LetterRow, Kept)| {
        let thread = threads.remove(&letter.id).unwrap_or_default();
        (letter, words, thread)
    };
    Ok(rows.into_iter().zip(words).map(with_thread).collect())
}

/// Records what became of letters: all of them at once, and each alone where that cannot be done.
async fn record(app: &App, settled: Vec<Settled>) {
    let settled = Arc::new(settled);
    let all = Arc::clone(&settled);
    let recorded =
        app.write_quietly(move |tx| all.iter().try_for_each(|(l, d, at)| record_delivery(tx, l, d, *at))).await;
    if recorded.is_ok() {
        return;
    }
    for at in 0..settled.len() {
        let one = Arc::clone(&settled);
        let result = app
            .write_quietly(move |tx| {
                one.get(at).map_or(Ok(()), |(letter, delivery, sent)| record_delivery(tx, letter, delivery, *sent))
            })
            .await;
        if let Err(error) = result {
            tracing::error!(%error, "what became of a letter could not be recorded; it is sent again");
        }
    }
}

async fn send(app: App, round: Arc<Round>, claimed: Claimed) -> Settled {
    let sending_at = app.sending_at();
    let (mut letter, mut words, thread) = claimed;
    if round.is_over() {
        let rest = if round.silent.load(Ordering::SeqCst) { REST } else { Span::default() };
        return (letter, Delivery::NotBegun(sending_at + rest), sending_at);
    }
    if names_old_deadline(&letter, sending_at) {
        let (old, before) = (letter.clone(), words.clone());
        match app.write_quietly(move |tx| refresh_deadline(tx, &old, &before, sending_at)).await {
            Ok(Some((subject, fresh))) => (letter.subject, words) = (subject, fresh),
            Ok(None) => {}
            Err(error) => {
                // It must not name a deadline that is none.
                tracing::error!(letter = letter.id, %error, "a letter could not be written anew; it is sent later");
                return (letter, Delivery::NotBegun(sending_at + REST), sending_at);
            }
        }
    }
    let sent = attempt(&app, &letter, &words, &thread).await;
    if matches!(sent, Sent::Silent(_)) {
        round.silent.store(true, Ordering::SeqCst);
    }
    let delivery = delivery(&app, &letter, sent);
    tracing::info!(letter = letter.id, kind = letter.kind, state = word(&delivery), "letter");
    app.metrics.letter(word(&delivery));
    (letter, delivery, sending_at)
}

async fn attempt(app: &App, letter: &LetterRow, words: &Kept, thread: &[String]) -> Sent {
    let parts = match words.sent() {
        Ok(parts) => parts,
        Err(damaged) => return Sent::Refused(damaged.to_string()),
    };
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
        text: &parts.text,
        html: &parts.html,
        message_id: &letter.message_id,
        refers_to: thread,
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
        Sent::Later(answer) | Sent::Silent(answer) => {
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
        Delivery::NotBegun(_) => "not begun",
    }
}
