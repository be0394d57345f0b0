//! Looks at the clock before anything is ended by it.
//!
//! It went back: letters that were due at once when they were written are due now, not when their hour comes again. What
//! has a time of its own, a deadline or a pause between attempts, keeps it.
//!
//! It left the time that has passed by more than some minutes: it is not believed. That is an alarm, and what ends
//! things (deadlines, strikes, put-backs, waits, sessions, leases) waits until the clock is back, has run on evenly for
//! long, or a person says that it is right.

use crate::actions::{ActionError, Tx};
use crate::app::App;
use crate::domain::base::moment::Span;
use crate::domain::record::event::record::ClockBelieved;
use crate::domain::record::event::{Actor, Event, Subject};
use crate::storage::engine::clock_doubts;
use crate::storage::outbox::letters;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    watch(app).await?;
    let Some(back) = app.metrics.clock_back(app.clock.now()) else { return Ok(0) };
    let due = app.write_quietly(|tx| Ok(letters::due_at_once(tx.conn, tx.now)?)).await?;
    tracing::warn!(seconds = back.0 / 1_000_000, letters = due, "the clock went back; waiting letters are due now");
    Ok(due)
}

/// The doubt of a process before this one ends, where the clock is right now.
pub(in crate::jobs) async fn begin(app: &App) -> Result<usize, ActionError> {
    if app.doubts_clock().is_none() && app.read(clock_doubts::read).await?.is_some() {
        app.write_quietly(|tx| believed(tx, None)).await?;
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
            app.write_quietly(move |tx| Ok(clock_doubts::begin(tx.conn, off, tx.now)?)).await?;
        }
        (Some(before), Some(off)) => {
            if let Some(by) = confirmed(app, before, off).await? {
                app.clock_watch.confirm(app.clock.now(), app.clock.elapsed());
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
    if before != off.0 / 1_000_000 {
        app.write_quietly(move |tx| Ok(clock_doubts::begin(tx.conn, off, tx.now)?)).await?;
        return Ok(None);
    }
    Ok(app.read(clock_doubts::read).await?.and_then(|stored| stored.confirmed_by))
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
