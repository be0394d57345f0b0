//! Renders and sends letters that are due. A letter is claimed before it is sent, so that two nodes send each once; a
//! node that dies while sending leaves a lease that runs out, and the repeat carries the same Message-ID.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};
use tokio::task::JoinError;
use tokio::time::Instant;

use super::back_off::{MAX_ATTEMPTS, pause};
use super::render_letter::{Rendered, render};
use crate::actions::{ActionError, Tx, record_delivery, running_deadline};
use crate::app::App;
use crate::domain::base::moment::{Moment, Span};
use crate::mail::transport::Sent;
use crate::storage::outbox::letters::{self, Delivery, LetterRow};
use crate::storage::outbox::letters_to_send::{self, QueuedLetter};
use crate::storage::outbox::sent_letters::{self, SentCopy};

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

/// What became of one attempt; of an accepted letter with what was sent.
struct Settled {
    letter: LetterRow,
    delivery: Delivery,
    /// When the attempt began.
    sending_at: Moment,
    copy: Option<SentCopy>,
}

impl Settled {
    /// What was sent is stored first, so that whoever records the delivery finds it.
    fn record(&self, tx: &mut Tx<'_>) -> Result<(), ActionError> {
        if let Some(copy) = &self.copy {
            sent_letters::insert(tx.conn, &self.letter, copy)?;
        }
        record_delivery(tx, &self.letter, &self.delivery, self.sending_at)
    }
}

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    if !app.read(move |c| letters::any_due(c, now)).await? {
        return Ok(0);
    }
    let lease = lease(app);
    // By a clock that jumped, every lease is over.
    let believed = app.doubts_clock().is_none();
    let claimed = app.write_quietly(move |tx| Ok(letters::claim(tx.conn, tx.now, (lease, believed), CLAIM)?)).await?;
    let done = claimed.len();
    // The lease keeps others away, so the data of the letters is read beside the writer.
    let claimed = app.read(move |c| letters_to_send::to_send(c, &claimed)).await?;
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

/// Records what became of letters: all of them at once, and each alone where that cannot be done.
async fn record(app: &App, settled: Vec<Settled>) {
    let settled = Arc::new(settled);
    let all = Arc::clone(&settled);
    let recorded = app.write_quietly(move |tx| all.iter().try_for_each(|one| one.record(tx))).await;
    if recorded.is_ok() {
        return;
    }
    for at in 0..settled.len() {
        let one = Arc::clone(&settled);
        let result = app.write_quietly(move |tx| one.get(at).map_or(Ok(()), |one| one.record(tx))).await;
        if let Err(error) = result {
            tracing::error!(%error, "what became of a letter could not be recorded; it is sent again");
        }
    }
}

async fn send(app: App, round: Arc<Round>, queued: QueuedLetter) -> Settled {
    let sending_at = app.clock.now();
    // What time it is nobody knows: a deadline that is named now would be the wrong one.
    let waits = queued.row.names_deadline() && app.clock_watch.is_at_a_loss();
    if waits || round.is_over() {
        let rest = if waits || round.silent.load(Ordering::SeqCst) { REST } else { Span::default() };
        return Settled { letter: queued.row, delivery: Delivery::NotBegun(sending_at + rest), sending_at, copy: None };
    }
    let (sent, copy) = attempt(&app, &queued, sending_at).await;
    let letter = queued.row;
    if matches!(sent, Sent::Silent(_)) {
        round.silent.store(true, Ordering::SeqCst);
    }
    let delivery = delivery(&app, &letter, sent);
    tracing::info!(letter = letter.id, kind = letter.kind, state = word(&delivery), "letter");
    app.metrics.letter(word(&delivery));
    let copy = copy.filter(|_| matches!(delivery, Delivery::Accepted(_)));
    Settled { letter, delivery, sending_at, copy }
}

/// One attempt. Its time is that which the letter names wherever something runs from its delivery.
async fn attempt(app: &App, queued: &QueuedLetter, sending_at: Moment) -> (Sent, Option<SentCopy>) {
    let row = queued.row.clone();
    let running = match app.prepare(move |tx| running_deadline(tx, &row)).await {
        Ok(running) => running,
        // It must not name a deadline that is none.
        Err(error) => return (Sent::Later(error.to_string()), None),
    };
    match render(app, queued, sending_at, running) {
        Ok(Rendered { ready, copy }) => (app.transport.send(&file_name(&queued.row), ready).await, Some(copy)),
        Err(failed) => (failed, None),
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
        Sent::Stored(answer) => Delivery::Withheld(answer),
        Sent::Later(answer) | Sent::Silent(answer) => {
            let attempts = u32::try_from(letter.attempts).unwrap_or(MAX_ATTEMPTS);
            if attempts >= MAX_ATTEMPTS {
                return Delivery::Failed(format!("given up after {attempts} attempts: {answer}"));
            }
            Delivery::Deferred(answer, app.clock.now() + pause(attempts, app.context.entropy.bits()))
        }
    }
}

fn word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Accepted(_) => "accepted",
        Delivery::Deferred(..) => "deferred",
        Delivery::Failed(_) => "failed",
        Delivery::Withheld(_) => "withheld",
        Delivery::NotBegun(_) => "not begun",
    }
}
