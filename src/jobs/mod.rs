//! Work that timers do. Deadlines are derived from rows and an index, not kept in memory: a restart loses
//! nothing and a late start catches up. Each piece is one action in one transaction, so that several nodes
//! can run the same job: the conditional update of the second finds nothing to do.

pub mod access;
mod batch;
pub mod cases;
pub mod disputes;
pub mod enforcement;
pub mod material;
pub mod outbox;
pub mod record;
pub mod senders;

use std::time::Duration;

use tokio::sync::watch::Receiver;
use tokio::time::{sleep, timeout};

use crate::actions::ActionError;
use crate::app::App;

/// Longest sleep between two rounds; a change wakes the jobs earlier.
const PAUSE: Duration = Duration::from_secs(1);

/// After a change, more are about to come: a round looks at what they did together.
const GATHER: Duration = Duration::from_millis(20);

/// Runs the jobs that move cases and letters until nothing is left; the demo's past is made with these.
pub async fn run_cases(app: &App) -> usize {
    let mut total = 0;
    loop {
        let done = cases(app).await + send_letters(app).await + webhooks(app).await;
        total += done;
        if done == 0 || app.is_stopping() {
            return total;
        }
    }
}

/// Runs every job that is due, again and again until nothing is left, and says how much was done.
pub async fn run_due(app: &App) -> usize {
    let mut total = 0;
    loop {
        let done = run_cases(app).await + figures(app).await + upkeep(app).await + looks(app).await;
        total += done;
        if done == 0 || app.is_stopping() {
            return total;
        }
    }
}

async fn cases(app: &App) -> usize {
    let mut done = count(app, "watch_clock", record::watch_clock::run(app).await);
    done += count(app, "forward_cases", cases::forward_cases::run(app).await);
    if app.doubts_clock().is_some() {
        // What follows ends things by the clock.
        return done;
    }
    done += count(app, "stop_waiting", senders::stop_waiting::run(app).await);
    done += count(app, "seek_contact", cases::seek_contact::run(app).await);
    done += count(app, "tell_withdrawals", disputes::tell_withdrawals::run(app).await);
    done += count(app, "remind", cases::remind::run(app).await);
    done += count(app, "pass_deadlines", cases::pass_deadlines::run(app).await);
    done += count(app, "put_back", disputes::put_back::run(app).await);
    done += count(app, "remind_host", material::remind_integrations::run(app).await);
    done += count(app, "tell_outcomes", cases::tell_outcomes::run(app).await);
    done += count(app, "send_gathered", outbox::send_gathered::run(app).await);
    done + count(app, "expire_strikes", enforcement::expire_strikes::run(app).await)
}

async fn upkeep(app: &App) -> usize {
    let mut done = count(app, "keep_tables", record::keep_tables::run(app).await);
    done += count(app, "make_checkpoint", record::make_checkpoint::run(app).await);
    done += count(app, "rebuild_figures", record::rebuild_figures::run(app).await);
    if app.doubts_clock().is_some() {
        return done;
    }
    done += count(app, "sweep_sessions", access::sweep_sessions::run(app).await);
    done += count(app, "sweep_counted", outbox::send_gathered::sweep(app).await);
    done + count(app, "sweep_answers", access::sweep_answers::run(app).await)
}

async fn figures(app: &App) -> usize {
    count(app, "count_senders", senders::count_senders::run(app).await)
}

async fn send_letters(app: &App) -> usize {
    count(app, "send_letters", outbox::send_letters::run(app).await)
}

async fn webhooks(app: &App) -> usize {
    count(app, "send_webhooks", outbox::send_webhooks::run(app).await)
}

async fn looks(app: &App) -> usize {
    count(app, "probe_locations", material::probe_locations::run(app).await)
}

/// Runs jobs until [`App::stop`]; what was taken in hand by then is finished. What waits for others, mail servers
/// and endpoints, has rounds of its own and holds up nothing else.
pub async fn run_until_stopped(app: App) {
    let app = app.bulk();
    count(&app, "end_leases", outbox::end_leases::run(&app).await);
    count(&app, "watch_clock", record::watch_clock::begin(&app).await);
    let (cases, letters) = (rounds(&app, Group::Cases), rounds(&app, Group::Letters));
    let (calls, probes) = (rounds(&app, Group::Calls), rounds(&app, Group::Probes));
    tokio::join!(cases, letters, calls, probes, rounds(&app, Group::Upkeep));
}

/// Jobs that wait for each other.
#[derive(Clone, Copy)]
enum Group {
    Cases,
    Letters,
    Calls,
    Probes,
    /// What nobody waits for: it gathers for a while, so that much is done at once.
    Upkeep,
}

impl Group {
    const fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Letters => "letters",
            Self::Calls => "calls",
            Self::Probes => "probes",
            Self::Upkeep => "upkeep",
        }
    }

    async fn round(self, app: &App) -> usize {
        match self {
            Self::Cases => cases(app).await,
            Self::Letters => send_letters(app).await,
            Self::Calls => webhooks(app).await,
            Self::Probes => looks(app).await,
            Self::Upkeep => {
                // Under a stream of notices there is always one more: what came since is for the next round.
                figures(app).await;
                upkeep(app).await
            }
        }
    }

    /// Waits for the next round.
    async fn pause(self, app: &App, work: &mut Receiver<()>) {
        // A change, or the time, whatever comes first.
        match self {
            Self::Upkeep => drop(timeout(PAUSE, work.wait_for(|()| app.is_stopping())).await),
            Self::Cases | Self::Letters | Self::Calls | Self::Probes => {
                if timeout(PAUSE, work.changed()).await.is_ok() {
                    sleep(GATHER).await;
                }
            }
        }
    }
}

async fn rounds(app: &App, group: Group) {
    let mut work = app.work();
    while !app.is_stopping() {
        work.mark_unchanged();
        if group.round(app).await > 0 {
            // Others wait for what was done here: a forwarded case has a letter.
            app.wake();
            continue;
        }
        app.metrics.round(group.name(), app.clock.now().0 / 1_000_000);
        if !app.is_stopping() {
            group.pause(app, &mut work).await;
        }
    }
}

fn count(app: &App, job: &'static str, result: Result<usize, ActionError>) -> usize {
    match result {
        Ok(done) => {
            if done > 0 {
                tracing::debug!(job, done, "job ran");
            }
            done
        }
        Err(error) => {
            app.metrics.job_failed(job);
            tracing::error!(job, %error, "job failed; it is tried again");
            0
        }
    }
}
