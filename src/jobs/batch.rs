//! How a job does many pieces of work: side by side, each in a transaction of its own.

use std::fmt::Display;

use futures_util::future::join_all;

use crate::actions::{ActionError, Tx};
use crate::app::App;
use crate::storage::StorageError;

/// Pieces of work taken from an index at a time.
pub(in crate::jobs) const BATCH: i64 = 200;

/// Does many pieces of work that are due by the clock side by side, so that those that wait share a commit; says how
/// many were done.
pub(in crate::jobs) async fn each<I>(
    app: &App,
    job: &'static str,
    due: Vec<I>,
    action: impl Fn(&mut Tx<'_>, I) -> Result<(), ActionError> + Copy + Send + 'static,
) -> usize
where
    I: Copy + Display + Send + 'static,
{
    let one = |id: I| async move {
        let at = app.clone();
        let act = move |tx: &mut Tx<'_>| match at.doubts_clock() {
            None => action(tx, id),
            // The clock jumped since this was found to be due.
            Some(_) => Err(StorageError::Conflict { table: "clock_doubts", id: 1 }.into()),
        };
        settled(job, id, app.write_repeatable(act).await)
    };
    join_all(due.into_iter().map(one)).await.into_iter().sum()
}

/// How many pieces of work were done: one or none. What another node did first, or what the state does not
/// allow any more, is no failure; a real one is logged and tried again, and holds up no other piece.
pub(in crate::jobs) fn settled(job: &'static str, id: impl Display, result: Result<(), ActionError>) -> usize {
    match result {
        Ok(()) => return 1,
        Err(ActionError::Storage(StorageError::Conflict { .. }) | ActionError::Transition(_)) => {
            tracing::debug!(job, %id, "done elsewhere");
        }
        Err(error) => tracing::error!(job, %id, %error, "could not be done; it is tried again"),
    }
    0
}
