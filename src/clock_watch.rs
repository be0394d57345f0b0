//! Whether the wall clock can be believed. It is compared with the time that has passed since it was last believed; a
//! jump of more than some minutes is doubted, and what ends things waits. Everything else goes on by the time that the
//! clock should show.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::base::moment::{Moment, Span};

/// The point from which is counted moves on after this long, so that a slow drift is never taken for a jump.
const RENEWED: Span = Span::hours(1);
/// A clock that is further ahead than this is never believed for running on evenly: all deadlines would be over.
const SETTLES: Span = Span::days(1);
/// The clocks are compared no more often than this while the wall clock goes on.
const EVERY: Span = Span::seconds(1);

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
    /// What the wall clock showed when the clocks were last compared.
    looked: Option<Moment>,
}

/// What the wall clock showed at a time at which it was believed.
#[derive(Clone, Copy, Debug)]
struct Point {
    wall: Moment,
    elapsed: Span,
    /// Only what was recorded before the start is known: any later time will do.
    at_least: bool,
    /// What the wall clock showed when an earlier process doubted it for being ahead: from there on it still is.
    ahead: Option<Moment>,
}

/// The wall clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// How far it is ahead of what it should show; negative: behind.
    pub off: Span,
    /// Since when, in time that has passed.
    since: Span,
}

/// What an earlier process left on record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before {
    /// When the newest event was recorded.
    pub newest: Option<Moment>,
    /// How far the clock was off, and what it showed then, where it was not believed and nobody has confirmed it.
    pub doubt: Option<(Span, Moment)>,
}

impl Before {
    /// The latest time that is known to have been right.
    fn right(&self) -> Option<Moment> {
        let Some((off, seen)) = self.doubt else { return self.newest };
        let right = Moment(seen.0.saturating_sub(off.0));
        // An event as late as the clock that is ahead was recorded by it.
        self.newest.filter(|at| off.0 < 0 || *at < seen).map_or(Some(right), |newest| Some(newest.max(right)))
    }
}

impl ClockWatch {
    /// Begins to watch. A clock that is behind what was recorded last is doubted from the start; how long the program was
    /// down cannot be known, so that any later time is believed, but for one that an earlier process doubted.
    pub fn new(before: Before, wall: Moment, elapsed: Span, tolerance: Span, settle: Span) -> Self {
        let right = before.right();
        let ahead = before.doubt.filter(|(off, _)| off.0 > 0).map(|(_, seen)| seen);
        let from = Point { wall: right.unwrap_or(wall), elapsed, at_least: right.is_some(), ahead };
        Self(Arc::new(Mutex::new(State { tolerance, settle, from, doubt: None, looked: None })))
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

    /// The time to go by: what the clock shows, or, where that is not believed, what it should show. What is received, sent
    /// or named as a deadline meanwhile is right when the clock is.
    pub fn corrected(&self, wall: Moment, elapsed: impl FnOnce() -> Span) -> Moment {
        let mut state = self.state();
        let goes_on = state.looked.is_some_and(|then| wall.0 >= then.0 && wall.0 - then.0 < EVERY.0);
        if !goes_on {
            state.look(wall, elapsed());
        }
        state.doubt.map_or(wall, |doubt| Moment(wall.0.saturating_sub(doubt.off.0)))
    }

    /// Whether the time that the clock should show is known no better than that it is later: it was not believed when the
    /// program was started, and how long that was down is not known.
    pub fn is_at_a_loss(&self) -> bool {
        let state = self.state();
        state.doubt.is_some() && state.from.at_least
    }
}

impl State {
    fn believe(&mut self, wall: Moment, elapsed: Span) {
        self.from = Point { wall, elapsed, at_least: false, ahead: None };
        self.doubt = None;
    }

    /// Whether what the clock shows can be right after a stop: it is later than what was right before, and not what was
    /// wrong before.
    fn may_be_later(&self, wall: Moment) -> bool {
        self.from.at_least && self.from.ahead.is_none_or(|wrong| wall.0 < wrong.0.saturating_sub(self.tolerance.0))
    }

    fn look(&mut self, wall: Moment, elapsed: Span) -> Option<Doubt> {
        let passed = elapsed.0.saturating_sub(self.from.elapsed.0);
        let off = Span(wall.0.saturating_sub(self.from.wall.0).saturating_sub(passed));
        self.looked = Some(wall);
        if off.0.saturating_abs() <= self.tolerance.0 || (off.0 > 0 && self.may_be_later(wall)) {
            if self.from.at_least || passed >= RENEWED.0 {
                self.believe(wall, elapsed);
            }
            self.doubt = None;
            return None;
        }
        match self.doubt {
            Some(doubt) if off.0.abs_diff(doubt.off.0) <= self.tolerance.0.unsigned_abs() => {
                if off <= SETTLES && elapsed.0.saturating_sub(doubt.since.0) >= self.settle.0 {
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
        let before = Before { newest: newest.map(Moment), doubt: None };
        ClockWatch::new(before, Moment(0), Span(0), Span::minutes(5), Span::hours(24))
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
        let (w, hour) = (watch(None), 60 * MINUTE);
        assert!(look(&w, 10 * hour, 0).is_some());
        assert!(look(&w, 10 * hour + DAY - MINUTE, DAY - MINUTE).is_some());
        assert!(look(&w, 20 * hour + DAY, DAY).is_some(), "another jump begins anew");
        assert!(look(&w, 20 * hour + 2 * DAY - MINUTE, 2 * DAY - MINUTE).is_some());
        assert!(look(&w, 20 * hour + 2 * DAY, 2 * DAY).is_none());
        let far = watch(None);
        for day in 0..100 {
            assert!(look(&far, (400 + day) * DAY, day * DAY).is_some(), "400 days ahead is never believed by itself");
        }
        assert!(look(&far, 100 * DAY, 100 * DAY).is_none(), "until it is right again");
    }

    /// 400 days ahead, and the program is started anew: it is still ahead, however it is looked at, until it is back.
    #[test]
    fn a_doubt_outlives_the_process() {
        let jump = 400 * DAY;
        for newest in [DAY - MINUTE, DAY + 3 * MINUTE, jump + DAY + MINUTE] {
            let doubt = Some((Span(jump), Moment(jump + DAY)));
            let before = Before { newest: Some(Moment(newest)), doubt };
            let start = |wall: i64| ClockWatch::new(before, Moment(wall), Span(0), Span::minutes(5), Span::hours(24));
            let w = start(jump + 2 * DAY);
            assert!(look(&w, jump + 2 * DAY, 0).is_some() && w.is_at_a_loss(), "{newest}");
            assert!(look(&w, jump + 9 * DAY, 7 * DAY).is_some(), "a week later");
            assert_eq!(look(&w, 9 * DAY, 7 * DAY + MINUTE), None, "set right");
            assert_eq!(look(&start(30 * DAY), 30 * DAY, 0), None, "set right while it was down");
            assert!(look(&start(0), 0, 0).is_some(), "behind what was right");
        }
        let behind = Before { newest: Some(Moment(-60 * DAY)), doubt: Some((Span(-60 * DAY), Moment(-60 * DAY))) };
        let w = ClockWatch::new(behind, Moment(-59 * DAY), Span(0), Span::minutes(5), Span::hours(24));
        assert_eq!(look(&w, -59 * DAY, 0), Some(-59 * 1440), "events of the clock that was behind prove nothing");
        assert_eq!(look(&w, DAY, MINUTE), None);
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
    fn time_goes_on_as_it_should_while_the_clock_is_not_believed() {
        for jump in [-DAY, DAY, 400 * DAY] {
            let w = watch(None);
            let at = |wall: i64, elapsed: i64| w.corrected(Moment(wall), || Span(elapsed));
            assert_eq!(at(MINUTE, MINUTE), Moment(MINUTE));
            assert_eq!(at(jump + 2 * MINUTE, 2 * MINUTE), Moment(2 * MINUTE), "{jump}");
            assert_eq!(at(jump + 3 * MINUTE, 3 * MINUTE), Moment(3 * MINUTE), "{jump}");
            assert_eq!(at(4 * MINUTE, 4 * MINUTE), Moment(4 * MINUTE), "{jump}");
        }
    }
}
