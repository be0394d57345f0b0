//! The sender takes a notice back, whole or in part: what was withdrawn stops counting, the customer is told, and
//! access returns where it was disabled for this notice alone. It cannot be undone.

use std::collections::{BTreeSet, HashMap};

use super::tell_withdrawals::gather;
use crate::actions::cases::close_case::uncount_for_good;
use crate::actions::cases::review_done::done_with_case;
use crate::actions::context::{ActionError, Tx};
use crate::actions::intake::stand_up::stand_up;
use crate::actions::material::disable_locations::close_where_done;
use crate::actions::material::release_locations::{ReleaseCounts, release};
use crate::domain::base::contact::many_lines;
use crate::domain::base::ids::{CaseId, NoticeId};
use crate::domain::cases::case::Outcome;
use crate::domain::material::location_state::LocationState::{self, Removed, Reported, Withdrawn};
use crate::domain::record::event::cases::{CaseClosed, CaseWithdrawn};
use crate::domain::record::event::disputes::OfCounter;
use crate::domain::record::event::intake::CaseCount;
use crate::domain::record::event::intake::NoticeWithdrawn;
use crate::domain::record::event::{Actor, Event, Private, Subject};
use crate::domain::regimes::us_512::counter_notice::CounterState;
use crate::domain::regimes::us_512::elements::Class;
use crate::domain::senders::sender::SenderCounts;
use crate::storage::cases::{self, reviews};
use crate::storage::customers;
use crate::storage::disputes::{counter_notices, withdrawals};
use crate::storage::intake::notices::{self, NoticeRecord};
use crate::storage::intake::repeats;
use crate::storage::material::locations::{self, LocationRow, Move};
use crate::storage::outbox::withdrawal_letters::More;
use crate::storage::senders::sender_tallies::{self, Tally};

/// What is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Whole,
    /// Everything in these cases.
    Cases(Vec<CaseId>),
    /// Single locations.
    Locations(BTreeSet<i64>),
}

/// How it reached us: stored with the withdrawal.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawing<'a> {
    /// One of `withdrawals::VIA`.
    pub via: &'static str,
    pub why: &'a str,
}

/// Most locations of one notice that are loaded; the intake limit is lower.
const ALL: i64 = 100_000;

/// Takes a notice back.
pub fn withdraw_notice(
    tx: &mut Tx<'_>,
    id: NoticeId,
    scope: &Scope,
    how: Withdrawing<'_>,
    actor: &Actor,
) -> Result<(), ActionError> {
    // Notices about the same material that arrive meanwhile wait: they repeat nothing that is being taken back.
    let concerned = repeats::customers_of_notice(tx.conn, id)?;
    customers::hold_all(tx.conn, concerned.into_iter())?;
    let notice = notices::get(tx.conn, id)?;
    let all = locations::of_notice(tx.conn, id, 0, ALL)?;
    let open = |row: &&LocationRow| row.withdrawn_at.is_none();
    let rows: Vec<LocationRow> = all.iter().filter(open).filter(|r| scope.names(r)).cloned().collect();
    if notice.withdrawn_at.is_some() || (rows.is_empty() && !all.is_empty()) {
        return Err(ActionError::Refused("This has been withdrawn already.".to_owned()));
    }
    let left = all.iter().filter(open).filter(|r| r.case_id.is_some() && !scope.names(r)).count();
    let whole = *scope == Scope::Whole || left == 0;
    let why = many_lines(how.why, 1000);
    if whole && notices::withdraw(tx.conn, id, tx.now)? && notice.class == Class::Complete {
        count_sender(tx, &notice)?;
    }
    let withdrawal = withdrawals::insert(tx.conn, id, (how.via, &why), (rows.len(), whole), tx.now)?;
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    locations::mark_withdrawn(tx.conn, &ids, withdrawal, tx.now)?;
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let what = NoticeWithdrawn {
        via: how.via.to_owned(),
        locations: ids.len(),
        whole,
        sha256: withdrawals::digest(how.via, &why, count, whole).into(),
        reason: why.as_str().into(),
    };
    tx.event(Subject::Notice(id), actor, Event::NoticeWithdrawn(what))?;
    stand_up(tx, &rows)?;
    if whole {
        for repeat in notices::free_repeats(tx.conn, id)? {
            tx.event(Subject::Notice(repeat), &Actor::System, Event::NoticeStoodUp(CaseCount { cases: 0 }))?;
        }
    }
    let mut concerned: Vec<CaseId> = rows.iter().filter_map(|r| r.case_id).map(CaseId).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let mut sum = ReleaseCounts::default();
    let mut by_case: HashMap<i64, Vec<LocationRow>> = HashMap::new();
    for row in &rows {
        by_case.entry(row.case_id.unwrap_or_default()).or_default().push(row.clone());
    }
    for case in concerned {
        let of_case = by_case.remove(&case.0).unwrap_or_default();
        let back = withdraw_case(tx, case, (&of_case, withdrawal), &why, actor)?;
        sum = ReleaseCounts { returning: sum.returning + back.returning, held: sum.held + back.held };
    }
    reviews::done_for_notice(tx.conn, id, &actor.to_string(), tx.now)?;
    let more = More { returning: sum.returning, ..More::default() };
    gather(tx, (id, None), withdrawal, more, whole)
}

impl Scope {
    fn names(&self, row: &LocationRow) -> bool {
        match self {
            Self::Whole => true,
            Self::Cases(cases) => row.case_id.is_some_and(|id| cases.contains(&CaseId(id))),
            Self::Locations(ids) => ids.contains(&row.id),
        }
    }
}

fn count_sender(tx: &mut Tx<'_>, notice: &NoticeRecord) -> Result<(), ActionError> {
    let Some(sender) = notice.sender else { return Ok(()) };
    let by = SenderCounts { withdrawn: 1, ..SenderCounts::default() };
    Ok(sender_tallies::add(tx.conn, &Tally::later(sender, notice.received_at, by, notice.proof.is_identity()))?)
}

fn withdraw_case(
    tx: &mut Tx<'_>,
    id: CaseId,
    (rows, withdrawal): (&[LocationRow], i64),
    why: &str,
    actor: &Actor,
) -> Result<ReleaseCounts, ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    let by = actor.to_string();
    let gone = Move { from: &[Reported, Removed], to: Withdrawn, by: &by };
    locations::shift(tx.conn, id, Some(&ids), gone, tx.now)?;
    let back = release(tx, &case, rows, "The notice was withdrawn", actor)?;
    end_counters(tx, id, actor)?;
    let what = CaseWithdrawn { locations: ids.len(), reason: why.into() };
    tx.event(Subject::Case(id), actor, Event::CaseWithdrawn(what))?;
    let had_strike = case.strike_id.is_some();
    let whole = locations::count_in(tx.conn, id, &LocationState::STANDING)? == 0;
    if whole {
        let was_silent = cases::was_silent(tx.conn, id)?;
        let state = case.state.withdraw(tx.now)?;
        cases::set_state(tx.conn, &mut case, state, tx.now)?;
        done_with_case(tx, id, &by)?;
        let closed = CaseClosed { outcome: Outcome::Withdrawn, reason: Private::None };
        tx.event(Subject::Case(id), actor, Event::CaseClosed(closed))?;
        uncount_for_good(tx, &mut case, was_silent, "The complaining party withdrew the notice", actor)?;
    } else {
        close_where_done(tx, &mut case, actor)?;
    }
    let more = More { returning: back.returning, held: back.held, had_strike };
    gather(tx, (case.notice_id, Some(id)), withdrawal, more, whole)?;
    Ok(back)
}

/// A counter-notice against what was withdrawn has nothing left to dispute.
fn end_counters(tx: &mut Tx<'_>, case: CaseId, actor: &Actor) -> Result<(), ActionError> {
    for mut counter in counter_notices::of_cases(tx.conn, &[case])? {
        let left = locations::of_counter(tx.conn, counter.id)?.iter().any(|r| r.withdrawn_at.is_none());
        if counter.state.is_open() && !left {
            let alarm = counter.alarm;
            counter_notices::set_state(tx.conn, &mut counter, (CounterState::Moot, alarm), None, tx.now)?;
            let event = Event::CounterNoticeMoot(OfCounter { counter_notice: counter.id });
            tx.event(Subject::Case(case), actor, event)?;
        }
    }
    Ok(())
}
