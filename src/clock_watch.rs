//! Whether the wall clock can be believed. It is compared with the time that has passed since it was last believed; a
//! jump of more than some minutes is doubted, and what ends things waits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::base::moment::{Moment, Span};

/// The point from which is counted moves on after this long, so that a slow drift is never taken for a jump.
const RENEWED: Span = Span::hours(1);

/// Watches one clock; cheap to clone.
#[derive(Clone, Debug)]
pub struct ClockWatch(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Further off than this is a jump.
    tolerance: Span,
    /// A clock that runs on evenly for this long after a jump is believed again.
    settle: Span,
    from: Point,
    doubt: Option<Doubt>,
}

/// What the wall clock showed at a time at which it was believed.
#[derive(Clone, Copy, Debug)]
struct Point {
    wall: Moment,
    elapsed: Span,
    /// Only what was recorded before the start is known: any later time will do.
    at_least: bool,
}

/// The wall clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// How far it is ahead of what it should show; negative: behind.
    pub off: Span,
    /// Since when, as [`crate::clock::Clock::elapsed`] counts.
    since: Span,
}

impl ClockWatch {
    /// Begins to watch. A clock that is behind what was recorded last, `newest`, is doubted from the start; how long the
    /// program was down cannot be known, so that any later time is believed.
    pub fn new(newest: Option<Moment>, wall: Moment, elapsed: Span, tolerance: Span, settle: Span) -> Self {
        let from = Point { wall: newest.unwrap_or(wall), elapsed, at_least: newest.is_some() };
        Self(Arc::new(Mutex::new(State { tolerance, settle, from, doubt: None })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compares the clocks; says why the wall clock is not believed, if so.
    pub fn look(&self, wall: Moment, elapsed: Span) -> Option<Doubt> {
        self.state().look(wall, elapsed)
    }

    /// The doubt that the last look left.
    pub fn doubt(&self) -> Option<Doubt> {
        self.state().doubt
    }

    /// A person says that the clock is right.
    pub fn confirm(&self, wall: Moment, elapsed: Span) {
        self.state().believe(wall, elapsed);
    }

    /// The time that letters count from: what the clock shows, or what it should show where that is later. A deadline
    /// named by a clock that is behind would be over when it is put right.
    pub fn no_earlier(&self, wall: Moment, elapsed: Span) -> Moment {
        let mut state = self.state();
        let passed = Span(elapsed.0.saturating_sub(state.from.elapsed.0));
        let expected = state.from.wall + passed;
        if state.look(wall, elapsed).is_some() { wall.max(expected) } else { wall }
    }
}

impl State {
    fn believe(&mut self, wall: Moment, elapsed: Span) {
        self.from = Point { wall, elapsed, at_least: false };
        self.doubt = None;
    }

    fn look(&mut self, wall: Moment, elapsed: Span) -> Option<Doubt> {
        let passed = elapsed.0.saturating_sub(self.from.elapsed.0);
        let off = Span(wall.0.saturating_sub(self.from.wall.0).saturating_sub(passed));
        if off.0.saturating_abs() <= self.tolerance.0 || (self.from.at_least && off.0 > 0) {
            if self.from.at_least || passed >= RENEWED.0 {
                self.believe(wall, elapsed);
            }
            self.doubt = None;
            return None;
        }
        match self.doubt {
            Some(doubt) if off.0.abs_diff(doubt.off.0) <= self.tolerance.0.unsigned_abs() => {
                if elapsed.0.saturating_sub(doubt.since.0) >= self.settle.0 {
                    self.believe(wall, elapsed);
                }
            }
            _ => self.doubt = Some(Doubt { off, since: elapsed }),
        }
        self.doubt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    const DAY: i64 = 1440 * MINUTE;

    fn watch(newest: Option<i64>) -> ClockWatch {
        ClockWatch::new(newest.map(Moment), Moment(0), Span(0), Span::minutes(5), Span::hours(24))
    }
    fn look(watch: &ClockWatch, wall: i64, elapsed: i64) -> Option<i64> {
        watch.look(Moment(wall), Span(elapsed)).map(|d| d.off.0 / MINUTE)
    }

    #[test]
    fn a_jump_is_doubted_until_the_clock_is_back() {
        let w = watch(None);
        assert_eq!(look(&w, 10 * MINUTE, 8 * MINUTE), None);
        assert_eq!(look(&w, 400 * DAY, 10 * MINUTE), Some(400 * 1440 - 10));
        assert_eq!(look(&w, 11 * MINUTE, 11 * MINUTE), None);
        assert_eq!(look(&w, -60 * MINUTE, 12 * MINUTE), Some(-72));
    }

    #[test]
    fn a_clock_that_stays_is_believed_in_the_end_and_one_that_wanders_is_not() {
        let w = watch(None);
        assert!(look(&w, 10 * DAY, 0).is_some());
        assert!(look(&w, 10 * DAY + DAY - MINUTE, DAY - MINUTE).is_some());
        assert!(look(&w, 30 * DAY, DAY).is_some(), "another jump begins anew");
        assert!(look(&w, 31 * DAY - MINUTE, 2 * DAY - MINUTE).is_some());
        assert!(look(&w, 31 * DAY, 2 * DAY).is_none());
    }

    #[test]
    fn a_start_behind_the_record_is_doubted_and_one_after_it_is_not() {
        assert_eq!(look(&watch(Some(DAY)), DAY + 300 * DAY, 0), None, "it was down for a year");
        let w = watch(Some(DAY));
        assert_eq!(look(&w, 0, 0), Some(-1440));
        assert_eq!(look(&w, DAY + MINUTE, MINUTE), None, "set right soon after the start");
        assert!(look(&w, 3 * DAY, 2 * MINUTE).is_some(), "from then on every jump is seen");
    }

    #[test]
    fn a_slow_drift_is_no_jump_and_a_person_may_confirm_one() {
        let w = watch(None);
        for hour in 1..1000 {
            assert_eq!(look(&w, hour * 61 * MINUTE, hour * 60 * MINUTE), None, "{hour}");
        }
        let w = watch(None);
        assert!(look(&w, DAY, 0).is_some());
        w.confirm(Moment(DAY), Span(0));
        assert_eq!((look(&w, DAY + MINUTE, MINUTE), w.doubt()), (None, None));
    }

    #[test]
    fn letters_count_from_the_later_of_what_is_shown_and_what_should_be() {
        let w = watch(None);
        assert_eq!(w.no_earlier(Moment(-DAY), Span(MINUTE)), Moment(MINUTE));
        assert_eq!(w.no_earlier(Moment(DAY), Span(MINUTE)), Moment(DAY));
    }
}
