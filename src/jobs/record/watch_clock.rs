//! Looks at the clock before anything is ended by it.
//!
//! It went back: letters that were due at once when they were written are due now, not when their hour comes again. What
//! has a time of its own, a deadline or a pause between attempts, keeps it.
//!
//! It left the time that has passed by more than some minutes: it is not believed. That is an alarm, and what ends
//! things (deadlines, strikes, put-backs, waits, sessions, leases) waits until the clock is back, has run on evenly for
//! long with a small jump, or a person says that it is right. What is received and sent meanwhile carries the time that
//! the clock should show. A start does not end the doubt.

use crate::actions::{ActionError, Tx};
use crate::app::App;
use crate::domain::base::moment::Span;
use crate::domain::record::event::record::ClockBelieved;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::engine::clock_doubts;
use crate::storage::outbox::letters;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    watch(app).await?;
    let Some(back) = app.metrics.clock_back(app.clock.wall()) else { return Ok(0) };
    let due = app.write_quietly(|tx| Ok(letters::due_at_once(tx.conn, tx.now)?)).await?;
    tracing::warn!(seconds = back.0 / 1_000_000, letters = due, "the clock went back; waiting letters are due now");
    Ok(due)
}

/// The doubt of a process before this one ends, where the clock is right now, or somebody said so meanwhile.
pub(in crate::jobs) async fn begin(app: &App) -> Result<usize, ActionError> {
    if app.doubts_clock().is_none()
        && let Some(stored) = app.read(clock_doubts::read).await?
    {
        app.write_quietly(|tx| believed(tx, stored.confirmed_by)).await?;
    }
    Ok(0)
}

async fn watch(app: &App) -> Result<(), ActionError> {
    let known = app.metrics.clock_off();
    let doubt = app.doubts_clock();
    let seconds = doubt.map_or(0, |off| off.0 / 1_000_000);
    match (known, doubt) {
        (None, None) => return Ok(()),
        (Some(_), None) => {
            app.write_quietly(|tx| believed(tx, None)).await?;
            tracing::warn!("the clock is believed again; what waited goes on");
        }
        (None, Some(off)) => {
            tracing::error!(seconds, "the clock is off; deadlines, strikes and put-backs wait until it is right");
            doubt_begins(app, off).await?;
        }
        (Some(before), Some(off)) => {
            if let Some(by) = confirmed(app, before, off).await? {
                app.clock_watch.confirm(app.clock.wall(), app.clock.elapsed());
                app.write_quietly(move |tx| believed(tx, Some(by))).await?;
                tracing::warn!("a person says that the clock is right; what waited goes on");
                app.metrics.set_clock_off(None);
                return Ok(());
            }
        }
    }
    app.metrics.set_clock_off(doubt.map(|_| seconds));
    Ok(())
}

/// Who says that the clock is right as it is; a word about an earlier jump is none about this one.
async fn confirmed(app: &App, before: i64, off: Span) -> Result<Option<String>, ActionError> {
    let stored = app.read(clock_doubts::read).await?;
    // Also where a process with a clock of its own has found that one right.
    if before != off.0 / 1_000_000 || stored.is_none() {
        doubt_begins(app, off).await?;
        return Ok(None);
    }
    Ok(stored.and_then(|stored| stored.confirmed_by))
}

async fn doubt_begins(app: &App, off: Span) -> Result<(), ActionError> {
    let shows = app.clock.wall();
    app.write_quietly(move |tx| Ok(clock_doubts::begin(tx.conn, off, shows)?)).await
}

/// Recorded once the clock is believed, so that the newest event has a time that is right.
fn believed(tx: &mut Tx<'_>, by: Option<String>) -> Result<(), ActionError> {
    let Some(stored) = clock_doubts::read(tx.conn)? else { return Ok(()) };
    clock_doubts::end(tx.conn)?;
    let what = ClockBelieved {
        off_seconds: stored.off.0 / 1_000_000,
        showed: stored.seen_at,
        confirmed_by: by.and_then(|code| code.parse().ok()),
    };
    tx.event(Subject::Installation, &Actor::System, Event::ClockBelieved(what))
}
