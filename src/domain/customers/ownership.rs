//! Who has an asset when: one owner at a time.
//!
//! An account is said to have an asset, with or without a start and an end. What is said last counts:
//!
//! * without a start: from now on, and what another account had ends now. What nobody had before then, it has had for as
//!   long: the host does not say since when;
//! * with a start: from then on, until the later start of another account, which stays.
//!
//! What was anybody's in the past stays theirs: notices about that time are theirs.

use crate::domain::base::ids::CustomerId;

/// End of what has no end.
pub const FOR_EVER: i64 = i64::MAX;

/// A time in which an account has the asset: from its start, without its end, in milliseconds. Of two that overlap the
/// later start prevails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub customer: CustomerId,
    pub from: i64,
    pub until: i64,
}

impl Period {
    fn holds(&self, at: i64) -> bool {
        self.from <= at && at < self.until
    }
    fn is_empty(&self) -> bool {
        self.from >= self.until
    }
}

/// That an account has the asset.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    pub customer: CustomerId,
    pub from: Option<i64>,
    pub until: Option<i64>,
}

/// What a statement did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Whether any period is another one now.
    pub changed: bool,
    /// Accounts whose period it ended, each once.
    pub ended: Vec<CustomerId>,
    /// The account whose later start it gives way to.
    pub gives_way_to: Option<CustomerId>,
    /// Whether it was not applied, because of those accounts.
    pub refused: bool,
}

impl Effect {
    /// Whether two accounts claim the same time.
    pub fn is_conflict(&self) -> bool {
        !self.ended.is_empty() || self.gives_way_to.is_some()
    }
}

/// Which account has the asset at a time.
pub fn owner_at(periods: &[Period], at: i64) -> Option<CustomerId> {
    // Of equal starts the later one in the list: it was said later.
    periods.iter().filter(|p| p.holds(at)).max_by_key(|p| p.from).map(|p| p.customer)
}

/// Applies a statement made at `now` to all that anybody had under one key. New periods stand at the end; none is taken
/// out, an ended one may become empty.
pub fn state(periods: &mut Vec<Period>, said: &Statement, now: i64) -> Effect {
    let before = periods.clone();
    let mut effect = Effect::default();
    match said.from {
        None => from_now(periods, said, now, &mut effect),
        Some(from) => from_a_start(periods, said, from, &mut effect),
    }
    effect.changed = *periods != before;
    effect
}

fn from_now(periods: &mut Vec<Period>, said: &Statement, now: i64, effect: &mut Effect) {
    let next = |from: i64, periods: &[Period]| {
        periods.iter().filter(|p| !p.is_empty() && p.from > from).map(|p| p.from).min().unwrap_or(FOR_EVER)
    };
    if owner_at(periods, now) == Some(said.customer) {
        let next = next(now, periods);
        let mine = periods.iter_mut().filter(|p| p.customer == said.customer && p.holds(now)).max_by_key(|p| p.from);
        if let Some(mine) = mine {
            mine.until = said.until.unwrap_or(next.max(mine.until));
        }
        return;
    }
    if said.until.is_some_and(|until| until <= now) {
        return from_a_start(periods, said, 0, effect);
    }
    let ended = end_others(periods, said.customer, now, effect);
    let of_others = periods.iter().filter(|p| p.customer != said.customer && !p.is_empty() && p.until <= now);
    let free_since = of_others.map(|p| p.until).max().unwrap_or(0);
    let start = if ended { now } else { free_since };
    let end = said.until.unwrap_or_else(|| next(now, periods));
    let last = periods.iter_mut().filter(|p| p.customer == said.customer && p.from <= now).max_by_key(|p| p.until);
    match last {
        Some(mine) if !mine.is_empty() && mine.until >= start => mine.until = end,
        _ => put(periods, said.customer, start, end),
    }
}

fn from_a_start(periods: &mut Vec<Period>, said: &Statement, from: i64, effect: &mut Effect) {
    let later = periods.iter().filter(|p| !p.is_empty() && p.from > from).min_by_key(|p| p.from).cloned();
    let until = match (said.until, &later) {
        (Some(until), _) => until,
        (None, Some(later)) => later.from,
        (None, None) => FOR_EVER,
    };
    let reached = later.filter(|p| p.from < said.until.unwrap_or(FOR_EVER) && p.customer != said.customer);
    effect.gives_way_to = reached.map(|p| p.customer);
    // What others have beyond an end that is named stays theirs.
    let end = said.until.unwrap_or(FOR_EVER);
    let beyond = |p: &&Period| p.customer != said.customer && p.holds(from) && p.until > end;
    let mut rest: Vec<Period> = periods.iter().filter(beyond).cloned().collect();
    rest.sort_by_key(|p| p.from);
    end_others(periods, said.customer, from, effect);
    for other in rest {
        put(periods, other.customer, end, other.until);
    }
    for mine in periods.iter_mut().filter(|p| p.customer == said.customer && p.from < from && p.until > from) {
        mine.until = from;
    }
    put(periods, said.customer, from, until);
}

/// Ends what others have at a time; whether anybody had anything.
fn end_others(periods: &mut [Period], but: CustomerId, at: i64, effect: &mut Effect) -> bool {
    let mut any = false;
    for other in periods.iter_mut().filter(|p| p.customer != but && p.holds(at)) {
        other.until = at;
        any = true;
        if !effect.ended.contains(&other.customer) {
            effect.ended.push(other.customer);
        }
    }
    any
}

/// The period of an account with this start; an account has one for each start.
fn put(periods: &mut Vec<Period>, customer: CustomerId, from: i64, until: i64) {
    match periods.iter().position(|p| p.customer == customer && p.from == from) {
        // What is said anew counts as said last.
        Some(at) if periods[at].until != until => periods[at].until = until,
        Some(_) => {}
        None => periods.push(Period { customer, from, until }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: CustomerId = CustomerId(1);
    const B: CustomerId = CustomerId(2);

    fn said(customer: CustomerId, from: Option<i64>, until: Option<i64>) -> Statement {
        Statement { customer, from, until }
    }

    fn play(list: &[(Statement, i64)]) -> (Vec<Period>, Vec<Effect>) {
        let mut periods = Vec::new();
        let effects = list.iter().map(|(s, now)| state(&mut periods, s, *now)).collect();
        (periods, effects)
    }

    #[test]
    fn what_is_said_last_counts_and_the_past_stays() {
        let (periods, effects) =
            play(&[(said(A, None, None), 10), (said(B, None, None), 20), (said(A, None, None), 30)]);
        let owners: Vec<_> = [0, 15, 25, 35].map(|at| owner_at(&periods, at)).into();
        assert_eq!(owners, [Some(A), Some(A), Some(B), Some(A)]);
        assert_eq!((effects[1].ended.as_slice(), effects[2].ended.as_slice()), (&[A][..], &[B][..]));
        let (again, effects) = play(&[(said(A, None, None), 10), (said(A, None, None), 20)]);
        assert_eq!((again.len(), effects[1].changed), (1, false));
    }

    #[test]
    fn a_gap_that_was_nobodys_is_filled() {
        let mut periods = vec![Period { customer: A, from: 0, until: 10 }];
        state(&mut periods, &said(A, None, None), 20);
        assert_eq!(periods, [Period { customer: A, from: 0, until: FOR_EVER }]);
        let mut periods = vec![Period { customer: A, from: 0, until: 10 }];
        state(&mut periods, &said(B, None, None), 20);
        assert_eq!((owner_at(&periods, 9), owner_at(&periods, 15)), (Some(A), Some(B)));
    }

    #[test]
    fn a_later_start_prevails_and_is_named() {
        let lists =
            [[said(A, Some(5), None), said(B, Some(9), None)], [said(B, Some(9), None), said(A, Some(5), None)]];
        for list in lists {
            let (periods, effects) = play(&list.map(|s| (s, 20)));
            assert_eq!((owner_at(&periods, 7), owner_at(&periods, 30)), (Some(A), Some(B)), "{periods:?}");
            assert!(effects[1].ended == [A] || effects[1].gives_way_to == Some(B), "{effects:?}");
            let mut again = periods.clone();
            for one in list {
                let effect = state(&mut again, &one, 30);
                assert!(!effect.changed && effect.ended.is_empty(), "{one:?} {effect:?}");
            }
        }
        let (periods, effects) = play(&[(said(A, Some(5), None), 20), (said(B, Some(5), None), 21)]);
        assert_eq!(
            (owner_at(&periods, 6), effects[1].ended.as_slice()),
            (Some(B), &[A][..]),
            "of equal starts the last"
        );
    }

    #[test]
    fn what_is_lent_comes_back() {
        let (periods, _) = play(&[(said(A, None, None), 10), (said(B, Some(20), Some(30)), 11)]);
        let owners: Vec<_> = [19, 20, 29, 30, 99].map(|at| owner_at(&periods, at)).into();
        assert_eq!(owners, [Some(A), Some(B), Some(B), Some(A), Some(A)]);
        assert_eq!(periods.iter().filter(|p| p.until == FOR_EVER && !p.is_empty()).count(), 1);
    }

    proptest! {
        #[test]
        fn there_is_one_owner_at_a_time(
            list in proptest::collection::vec((1..4_i64, proptest::option::of(0..50_i64), proptest::option::of(1..30_i64)), 1..12)
        ) {
            let mut periods = Vec::new();
            for (step, (who, from, length)) in list.into_iter().enumerate() {
                let now = 10 * i64::try_from(step).unwrap() + 5;
                let until = length.map(|l| from.unwrap_or(now) + l);
                let before = periods.clone();
                let one = said(CustomerId(who), from, until);
                let effect = state(&mut periods, &one, now);
                let open = periods.iter().filter(|p| p.until == FOR_EVER && !p.is_empty()).count();
                prop_assert!(open <= 1, "{periods:?}");
                if from.is_none() {
                    prop_assert_eq!(owner_at(&periods, now), Some(CustomerId(who)));
                    for past in 0..now {
                        let was = owner_at(&before, past);
                        prop_assert!(was.is_none() || was == owner_at(&periods, past), "{past}: {before:?} {periods:?}");
                    }
                }
                let mut again = periods.clone();
                if effect.gives_way_to.is_none() {
                    prop_assert!(!state(&mut again, &one, now).changed, "{one:?} {periods:?} {again:?}");
                }
            }
        }
    }
}
