//! Work that timers do. Deadlines are derived from rows and an index, not kept in memory: a restart loses
//! nothing and a late start catches up. Each piece is one action in one transaction, so that several nodes
//! can run the same job: the conditional update of the second finds nothing to do.

mod back_off;
mod end_leases;
mod expire_strikes;
mod forward_cases;
mod make_checkpoint;
mod pass_deadlines;
mod probe_locations;
mod put_back;
mod rebuild_figures;
mod remind;
mod remind_host;
mod send_letters;
mod send_webhooks;
mod stop_waiting;
mod sweep_answers;
mod sweep_sessions;

use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use futures_util::future::join_all;

use crate::actions::{ActionError, Tx};
use crate::app::App;
use crate::storage::StorageError;

/// Longest sleep between two rounds; a change wakes the jobs earlier.
const PAUSE: Duration = Duration::from_secs(1);

/// Pieces of work taken from an index at a time.
const BATCH: i64 = 200;

/// Runs the jobs that move cases and letters until nothing is left; the demo's past is made with these.
pub async fn run_cases(app: &App) -> usize {
    let mut total = 0;
    loop {
        let mut done = 0;
        done += count("forward_cases", forward_cases::run(app).await);
        done += count("stop_waiting", stop_waiting::run(app).await);
        done += count("remind", remind::run(app).await);
        done += count("pass_deadlines", pass_deadlines::run(app).await);
        done += count("put_back", put_back::run(app).await);
        done += count("remind_host", remind_host::run(app).await);
        done += count("expire_strikes", expire_strikes::run(app).await);
        done += count("send_letters", send_letters::run(app).await);
        done += count("send_webhooks", send_webhooks::run(app).await);
        total += done;
        if done == 0 {
            return total;
        }
    }
}

/// Runs every job that is due, again and again until nothing is left, and says how much was done.
pub async fn run_due(app: &App) -> usize {
    let mut total = 0;
    loop {
        let mut done = run_cases(app).await;
        done += count("probe_locations", probe_locations::run(app).await);
        done += count("make_checkpoint", make_checkpoint::run(app).await);
        done += count("rebuild_figures", rebuild_figures::run(app).await);
        done += count("sweep_sessions", sweep_sessions::run(app).await);
        done += count("sweep_answers", sweep_answers::run(app).await);
        total += done;
        if done == 0 {
            return total;
        }
    }
}

/// Runs jobs until `stop` is ready.
pub async fn run_until(app: App, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    count("end_leases", end_leases::run(&app).await);
    loop {
        run_due(&app).await;
        tokio::select! {
            () = &mut stop => return,
            () = app.wake.notified() => {},
            () = tokio::time::sleep(PAUSE) => {},
        }
    }
}

fn count(job: &'static str, result: Result<usize, ActionError>) -> usize {
    match result {
        Ok(done) => {
            if done > 0 {
                tracing::debug!(job, done, "job ran");
            }
            done
        }
        Err(error) => {
            tracing::error!(job, %error, "job failed; it is tried again");
            0
        }
    }
}

/// Does many pieces of work side by side, so that those that wait share a commit; says how many were done.
async fn each<I>(
    app: &App,
    job: &'static str,
    due: Vec<I>,
    action: impl Fn(&mut Tx<'_>, I) -> Result<(), ActionError> + Copy + Send + 'static,
) -> usize
where
    I: Copy + Display + Send + 'static,
{
    let one = |id: I| async move { settled(job, id, app.write_quietly(move |tx| action(tx, id)).await) };
    join_all(due.into_iter().map(one)).await.into_iter().sum()
}

/// How many pieces of work were done: one or none. What another node did first, or what the state does not
/// allow any more, is no failure; a real one is logged and tried again, and holds up no other piece.
fn settled(job: &'static str, id: impl Display, result: Result<(), ActionError>) -> usize {
    match result {
        Ok(()) => return 1,
        Err(ActionError::Storage(StorageError::Conflict { .. }) | ActionError::Transition(_)) => {
            tracing::debug!(job, %id, "done elsewhere");
        }
        Err(error) => tracing::error!(job, %id, %error, "could not be done; it is tried again"),
    }
    0
}
