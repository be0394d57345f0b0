//! Time comes in from outside: the only place that reads the wall clock, and the one that only ever goes on.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::clock_watch::ClockWatch;
use crate::domain::base::moment::{Moment, Span};

/// A clock: the system's, or one moved by hand in stories and in the demo's past; by itself, or watched.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The wall clock.
    System,
    /// A clock that stands still until it is moved.
    Manual(Arc<Hands>),
    /// One of them, corrected while it is not believed.
    Watched(Arc<Clock>, ClockWatch),
}

/// What a clock that is moved by hand shows.
#[derive(Debug)]
pub struct Hands {
    wall: AtomicI64,
    elapsed: AtomicI64,
}

impl Clock {
    /// A clock that shows `now` until it is moved.
    pub fn manual(now: Moment) -> Self {
        Self::Manual(Arc::new(Hands { wall: AtomicI64::new(now.0), elapsed: AtomicI64::new(0) }))
    }

    /// The same clock, watched: while it is not believed, it tells the time that it should show.
    #[must_use]
    pub fn watched(self, watch: ClockWatch) -> Self {
        Self::Watched(Arc::new(self), watch)
    }

    /// The time, to the microsecond.
    pub fn now(&self) -> Moment {
        match self {
            Self::Watched(clock, watch) => watch.corrected(clock.wall(), || clock.elapsed()),
            other => other.wall(),
        }
    }

    /// What the clock shows, right or wrong.
    pub fn wall(&self) -> Moment {
        match self {
            Self::System => wall_clock(),
            Self::Manual(hands) => Moment(hands.wall.load(Ordering::SeqCst)),
            Self::Watched(clock, _) => clock.wall(),
        }
    }

    /// Time that has passed since the machine started, asleep or not. It is never set, and never goes back.
    pub fn elapsed(&self) -> Span {
        match self {
            Self::System => since_start(),
            Self::Manual(hands) => Span(hands.elapsed.load(Ordering::SeqCst)),
            Self::Watched(clock, _) => clock.elapsed(),
        }
    }

    /// Lets time pass on a manual clock; a negative span sets it back. Does nothing to the system's.
    pub fn advance(&self, by: Span) {
        match self {
            Self::System => {}
            Self::Manual(hands) => {
                hands.wall.fetch_add(by.0, Ordering::SeqCst);
                hands.elapsed.fetch_add(by.0.max(0), Ordering::SeqCst);
            }
            Self::Watched(clock, _) => clock.advance(by),
        }
    }

    /// Sets a manual clock to another time, without any time passing.
    pub fn set(&self, by: Span) {
        match self {
            Self::System => {}
            Self::Manual(hands) => {
                hands.wall.fetch_add(by.0, Ordering::SeqCst);
            }
            Self::Watched(clock, _) => clock.set(by),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock used everywhere else")]
fn wall_clock() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Linux counts the time a machine sleeps in `/proc/uptime`, not in the clock behind [`Instant`]: after a suspend the
/// wall clock would seem to have jumped.
fn since_start() -> Span {
    static START: LazyLock<(Instant, bool)> = LazyLock::new(|| (Instant::now(), uptime().is_some()));
    let (start, has_uptime) = *START;
    let here = || Span(i64::try_from(start.elapsed().as_micros()).unwrap_or(i64::MAX));
    if has_uptime { uptime().unwrap_or_else(here) } else { here() }
}

/// `/proc/uptime`: seconds with two decimals, and something else (proc(5)).
fn uptime() -> Option<Span> {
    read_uptime(&std::fs::read_to_string("/proc/uptime").ok()?)
}

fn read_uptime(text: &str) -> Option<Span> {
    let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    Some(Span(seconds.parse::<i64>().ok()? * 1_000_000 + hundredths.parse::<i64>().ok()? * 10_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptime_is_read_to_the_hundredth() {
        assert_eq!(read_uptime("350735.47 234388.90\n"), Some(Span(350_735_470_000)));
        assert_eq!(read_uptime("soon"), None);
    }

    #[test]
    fn time_that_passes_is_not_set() {
        let clock = Clock::manual(Moment(100));
        clock.advance(Span(5));
        clock.set(Span(1000));
        clock.advance(Span(-3));
        assert_eq!((clock.now(), clock.elapsed()), (Moment(1102), Span(5)));
        assert!(Clock::System.elapsed() <= Clock::System.elapsed());
    }
}
