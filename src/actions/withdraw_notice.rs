//! The sender takes a notice back, whole or in part: what was withdrawn stops counting, the customer is told, and
//! access returns where it was disabled for this notice alone. It cannot be undone.

use std::collections::{BTreeSet, HashMap};

use super::close_case::uncount_for_good;
use super::count_strike::strike_sentence;
use super::disable_locations::close_where_done;
use super::forward_case::write_to_contacts;
use super::release_locations::{Let, release};
use super::{About, ActionError, To, Tx};
use crate::domain::case::Outcome;
use crate::domain::contact::many_lines;
use crate::domain::counter_notice::CounterState;
use crate::domain::elements::Class;
use crate::domain::event::{Actor, Happening, Subject};
use crate::domain::ids::{CaseId, NoticeId};
use crate::domain::location_state::LocationState::{self, Removed, Reported, Withdrawn};
use crate::domain::sender::SenderCounts;
use crate::mail::letters::WithdrawalLetter;
use crate::storage::cases::Case;
use crate::storage::locations::{self, LocationRow, Move};
use crate::storage::notices::{self, NoticeRecord};
use crate::storage::sender_tallies::{self, Tally};
use crate::storage::{cases, counter_notices, customers, reviews, withdrawals};

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
    /// `link`, `api`, `acns`, `mail` or `staff`.
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
    withdrawals::insert(tx.conn, id, (how.via, &why), (rows.len(), whole), tx.now)?;
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    locations::mark_withdrawn(tx.conn, &ids, tx.now)?;
    let what =
        Happening::new("notice.withdrawn").fact("via", how.via).fact("locations", ids.len()).fact("whole", whole);
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let what = what.fact("sha256", withdrawals::digest(how.via, &why, count, whole));
    tx.event(Subject::Notice(id), actor, &what.because(&why))?;
    let mut concerned: Vec<CaseId> = rows.iter().filter_map(|r| r.case_id).map(CaseId).collect();
    concerned.sort_unstable();
    concerned.dedup();
    let mut sum = Let::default();
    let mut by_case: HashMap<i64, Vec<LocationRow>> = HashMap::new();
    for row in &rows {
        by_case.entry(row.case_id.unwrap_or_default()).or_default().push(row.clone());
    }
    for case in concerned {
        let of_case = by_case.remove(&case.0).unwrap_or_default();
        let back = withdraw_case(tx, case, &of_case, &why, actor)?;
        sum = Let { returning: sum.returning + back.returning, held: sum.held + back.held };
    }
    reviews::done_for_notice(tx.conn, id, &actor.to_string(), tx.now)?;
    tell_complainant(tx, &notice, &rows, whole, sum)
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
    Ok(sender_tallies::add(tx.conn, &Tally::later(sender, notice.received_at, by))?)
}

fn withdraw_case(
    tx: &mut Tx<'_>,
    id: CaseId,
    rows: &[LocationRow],
    why: &str,
    actor: &Actor,
) -> Result<Let, ActionError> {
    let mut case = cases::get(tx.conn, id)?;
    let ids: Vec<i64> = rows.iter().map(|r| r.id).collect();
    let by = actor.to_string();
    let gone = Move { from: &[Reported, Removed], to: Withdrawn, by: &by };
    locations::shift(tx.conn, id, Some(&ids), gone, tx.now)?;
    let back = release(tx, &case, rows, "The notice was withdrawn", actor)?;
    end_counters(tx, id, actor)?;
    let what = Happening::new("case.withdrawn").fact("locations", ids.len()).because(why);
    tx.event(Subject::Case(id), actor, &what)?;
    let had_strike = case.strike_id.is_some();
    let whole = locations::count_in(tx.conn, id, &LocationState::STANDING)? == 0;
    if whole {
        let was_silent = cases::was_silent(tx.conn, id)?;
        let state = case.state.withdraw(tx.now)?;
        cases::set_state(tx.conn, &mut case, state, tx.now)?;
        let waits = reviews::ReviewKind::Restore;
        reviews::done_for_case_but(tx.conn, id, waits, &by, tx.now)?;
        let closed = Happening::new("case.closed").fact("outcome", Outcome::Withdrawn.code());
        tx.event(Subject::Case(id), actor, &closed)?;
        uncount_for_good(tx, &mut case, was_silent, "The complaining party withdrew the notice", actor)?;
    } else {
        close_where_done(tx, &mut case, actor)?;
    }
    tell_customer(tx, &case, rows, (whole, had_strike), back)?;
    Ok(back)
}

/// A counter-notice against what was withdrawn has nothing left to dispute.
fn end_counters(tx: &mut Tx<'_>, case: CaseId, actor: &Actor) -> Result<(), ActionError> {
    for mut counter in counter_notices::of_cases(tx.conn, &[case])? {
        let left = locations::of_counter(tx.conn, counter.id)?.iter().any(|r| r.withdrawn_at.is_none());
        if counter.state.is_open() && !left {
            let alarm = counter.alarm;
            counter_notices::set_state(tx.conn, &mut counter, (CounterState::Moot, alarm), None, tx.now)?;
            let what = Happening::new("counter_notice.moot").fact("counter_notice", counter.id.0);
            tx.event(Subject::Case(case), actor, &what)?;
        }
    }
    Ok(())
}

/// The customer is told, where the customer had been told of the notice.
fn tell_customer(
    tx: &mut Tx<'_>,
    case: &Case,
    rows: &[LocationRow],
    (whole, had_strike): (bool, bool),
    back: Let,
) -> Result<(), ActionError> {
    if case.forwarded_at.is_none() {
        return Ok(());
    }
    let customer = customers::get(tx.conn, case.customer_id)?;
    let letter = WithdrawalLetter {
        reference: case.reference.to_string(),
        site: case.site.clone(),
        withdrawn: tx.now.full(),
        locations: rows.iter().map(LocationRow::told).collect(),
        whole,
        returning: back.returning,
        held: back.held,
        strike: if had_strike { strike_sentence(tx, case)? } else { String::new() },
        account_number: customer.external_id,
    }
    .letter(&tx.sender())?;
    write_to_contacts(tx, case, |_| Ok(letter.clone()))?;
    Ok(())
}

fn tell_complainant(
    tx: &mut Tx<'_>,
    notice: &NoticeRecord,
    rows: &[LocationRow],
    whole: bool,
    back: Let,
) -> Result<(), ActionError> {
    let Some(address) = notice.complainant.email.as_ref().filter(|a| !tx.house.config.is_own_address(a)) else {
        return Ok(());
    };
    let letter = WithdrawalLetter {
        reference: notice.reference.to_string(),
        site: String::new(),
        withdrawn: tx.now.full(),
        locations: rows.iter().map(LocationRow::told).collect(),
        whole,
        returning: back.returning,
        held: 0,
        strike: String::new(),
        account_number: String::new(),
    }
    .letter(&tx.sender())?;
    let about = About { notice: Some(notice.id), ..About::default() };
    tx.queue(letter, &To { name: &notice.complainant.name, address: address.as_str() }, about)?;
    Ok(())
}
