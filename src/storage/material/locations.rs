//! Reported locations, their case and their state.

use diesel::prelude::*;

use crate::domain::base::contact::one_line;
use crate::domain::base::fingerprint;
use crate::domain::base::ids::{CaseId, CounterId, CustomerId, NoticeId};
use crate::domain::base::moment::{Moment, Span};
use crate::domain::intake::location::{Location, Place};
use crate::domain::intake::similarity::material_key;
use crate::domain::material::location_state::LocationState;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::insert_all;
use crate::storage::engine::prepared::{Prepared, columns, here};
use crate::storage::engine::schema::locations;

/// All codes of [`LocationRow::kind`].
pub const KINDS: [&str; 3] = ["web", "network", "unreadable"];

/// A stored location.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = locations)]
pub struct LocationRow {
    pub id: i64,
    pub notice_id: i64,
    pub case_id: Option<i64>,
    pub position: i32,
    pub as_written: String,
    pub shown: String,
    pub kind: String,
    pub detail: String,
    pub observed_at: Option<i64>,
    state: String,
    pub state_at: i64,
    pub material: i64,
    /// Who put it there; empty where it was matched.
    pub state_by: String,
    /// The earlier location that this one repeats.
    pub duplicate_of: Option<i64>,
    /// The counter-notice that disputes it.
    pub counter_id: Option<i64>,
    pub withdrawn_at: Option<i64>,
}

impl LocationRow {
    /// Where it stands. The database holds no other words than these.
    pub fn state(&self) -> LocationState {
        self.state.parse().unwrap_or(LocationState::Unreadable)
    }
    /// Whether something is left to do about it.
    pub fn is_reported(&self) -> bool {
        self.state() == LocationState::Reported
    }

    /// An earlier notice already covers it.
    pub fn is_repeat(&self) -> bool {
        self.state() == LocationState::Duplicate
    }

    /// When it came into its state, for tables.
    pub fn since(&self) -> String {
        Moment(self.state_at).stamp()
    }

    /// As a letter tells it: an address with the file that was seen there.
    pub fn told(&self) -> String {
        if self.detail.is_empty() {
            return self.shown.clone();
        }
        format!("{} ({})", self.shown, one_line(&self.detail, 200))
    }

    /// Mark in the stylesheet and word for people.
    pub fn label(&self) -> (&'static str, &'static str) {
        self.state().label()
    }
}

/// What became of a location when the notice was matched.
pub struct Matched<'a> {
    pub location: &'a Location,
    /// Whose it is, and the case, where one was opened.
    pub owner: Option<(CustomerId, Option<CaseId>)>,
    /// The earlier location that it repeats: same sender, same work, still in hand.
    pub duplicate_of: Option<i64>,
}

#[derive(Insertable)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(table_name = locations)]
struct NewLocation<'a> {
    notice_id: i64,
    case_id: Option<i64>,
    position: i32,
    as_written: &'a str,
    shown: &'a str,
    kind: &'static str,
    detail: &'a str,
    observed_at: Option<i64>,
    state: &'static str,
    state_at: i64,
    material: i64,
    state_by: &'static str,
    duplicate_of: Option<i64>,
}

/// Stores the locations of a notice in the order given.
pub fn insert(conn: &mut Conn, notice: NoticeId, list: &[Matched<'_>], now: Moment) -> Result<(), StorageError> {
    let rows: Vec<NewLocation<'_>> =
        list.iter().zip(1..).map(|(m, position)| new_row(notice, m, position, now)).collect();
    insert_all!(conn, locations::table, &rows);
    Ok(())
}

fn new_row<'a>(notice: NoticeId, matched: &Matched<'a>, position: i32, now: Moment) -> NewLocation<'a> {
    let location = matched.location;
    let (kind, detail, observed_at) = match &location.place {
        Place::Web(_) => ("web", "", None),
        Place::Network(net) => ("network", net.detail.as_str(), net.observed_at.map(|m| m.0)),
        Place::Unreadable(_) => ("unreadable", "", None),
    };
    let state = match (kind, matched.owner, matched.duplicate_of) {
        ("unreadable", ..) => LocationState::Unreadable,
        (_, Some(_), Some(_)) => LocationState::Duplicate,
        (_, Some(_), None) => LocationState::Reported,
        (_, None, _) => LocationState::NotHosted,
    };
    NewLocation {
        notice_id: notice.0,
        case_id: matched.owner.and_then(|(_, case)| case).map(|case| case.0),
        position,
        as_written: &location.as_written,
        shown: location.shown(),
        kind,
        detail,
        observed_at,
        state: state.code(),
        state_at: now.0,
        state_by: "",
        duplicate_of: matched.duplicate_of,
        material: matched.owner.map_or(0, |(customer, _)| material_key(customer, &location.canonical())),
    }
}

/// Locations of a case, a page at a time, after a position.
pub fn of_case(conn: &mut Conn, case: CaseId, after: i32, limit: i64) -> Result<Vec<LocationRow>, StorageError> {
    Ok(locations::table
        .filter(locations::case_id.eq(case.0))
        .filter(locations::position.gt(after))
        .order(locations::position)
        .limit(limit)
        .select(columns::<LocationRow>())
        .fixed(here!())
        .rows(conn)?)
}

/// Locations of a notice, a page at a time, after a position.
pub fn of_notice(conn: &mut Conn, notice: NoticeId, after: i32, limit: i64) -> Result<Vec<LocationRow>, StorageError> {
    Ok(locations::table
        .filter(locations::notice_id.eq(notice.0))
        .filter(locations::position.gt(after))
        .order(locations::position)
        .limit(limit)
        .select(columns::<LocationRow>())
        .fixed(here!())
        .rows(conn)?)
}

/// Locations of a notice that belong to no case: not at this host, or not readable.
pub fn left_out(conn: &mut Conn, notice: NoticeId, limit: i64) -> Result<Vec<LocationRow>, StorageError> {
    Ok(locations::table
        .filter(locations::notice_id.eq(notice.0))
        .filter(locations::case_id.is_null())
        .filter(locations::state.ne(LocationState::Reported.code()))
        .order(locations::position)
        .limit(limit)
        .select(LocationRow::as_select())
        .load(conn)?)
}

/// A move of locations of one case: from some states into another, by somebody.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    pub from: &'a [LocationState],
    pub to: LocationState,
    pub by: &'a str,
}

/// How long the host's systems have to confirm what they were asked to do.
const CONFIRM_WITHIN: Span = Span::days(1);

/// Cases in which something that was asked for has not been confirmed in time.
pub fn unconfirmed(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<CaseId>, StorageError> {
    let ids: Vec<Option<i64>> = locations::table
        .filter(locations::confirm_by.le(now.0))
        .filter(locations::case_id.is_not_null())
        .order(locations::confirm_by)
        .limit(limit)
        .select(locations::case_id)
        .load(conn)?;
    let mut ids: Vec<CaseId> = ids.into_iter().flatten().map(CaseId).collect();
    ids.dedup();
    Ok(ids)
}

/// A person has been asked to look: the clock of a case's requests stops. Returns how many were late.
pub fn stop_clock(conn: &mut Conn, case: CaseId, now: Moment) -> Result<usize, StorageError> {
    let late = locations::table.filter(locations::case_id.eq(case.0)).filter(locations::confirm_by.le(now.0));
    Ok(diesel::update(late).set(locations::confirm_by.eq(None::<i64>)).execute(conn)?)
}

/// How many locations of a case are disabled and not disputed.
pub fn count_undisputed(conn: &mut Conn, case: CaseId) -> Result<i64, StorageError> {
    Ok(locations::table
        .filter(locations::case_id.eq(case.0))
        .filter(locations::state.eq(LocationState::Disabled.code()))
        .filter(locations::counter_id.is_null())
        .count()
        .get_result(conn)?)
}

/// Moves all locations of a case that are in the states named, or of them those in `only`; returns how many.
pub fn shift(
    conn: &mut Conn,
    case: CaseId,
    only: Option<&[i64]>,
    what: Move<'_>,
    now: Moment,
) -> Result<usize, StorageError> {
    let from: Vec<&str> = what.from.iter().map(|s| s.code()).collect();
    // Who was asked to act confirms within a day; otherwise a person looks.
    let asked = matches!(what.to, LocationState::DisableRequested | LocationState::RestoreRequested);
    let set = (
        locations::state.eq(what.to.code()),
        locations::state_at.eq(now.0),
        locations::state_by.eq(what.by),
        locations::confirm_by.eq(asked.then(|| (now + CONFIRM_WITHIN).0)),
    );
    let mut changed = 0;
    let of_case = locations::table.filter(locations::case_id.eq(case.0)).filter(locations::state.eq_any(&from));
    match only {
        None => changed += diesel::update(of_case).set(set).execute(conn)?,
        Some(ids) => {
            for chunk in ids.chunks(500) {
                let some = of_case.clone().filter(locations::id.eq_any(chunk));
                changed += diesel::update(some).set(set).execute(conn)?;
            }
        }
    }
    Ok(changed)
}

/// Locations of a case in some states, in order; `only` narrows them by id.
pub fn in_states(
    conn: &mut Conn,
    case: CaseId,
    states: &[LocationState],
    only: Option<&[i64]>,
) -> Result<Vec<LocationRow>, StorageError> {
    let codes: Vec<&str> = states.iter().map(|s| s.code()).collect();
    let rows: Vec<LocationRow> = locations::table
        .filter(locations::case_id.eq(case.0))
        .filter(locations::state.eq_any(codes))
        .order(locations::position)
        .select(LocationRow::as_select())
        .load(conn)?;
    let wanted = |row: &LocationRow| only.is_none_or(|ids| ids.contains(&row.id));
    Ok(rows.into_iter().filter(wanted).collect())
}

/// Marks locations as taken back by their sender.
pub fn mark_withdrawn(conn: &mut Conn, ids: &[i64], withdrawal: i64, now: Moment) -> Result<(), StorageError> {
    let repeat = LocationState::Duplicate.code();
    let gone = (
        locations::state.eq(LocationState::Withdrawn.code()),
        locations::state_at.eq(now.0),
        locations::withdrawn_at.eq(now.0),
    );
    for chunk in ids.chunks(500) {
        let some = locations::table.filter(locations::id.eq_any(chunk));
        let taken_back = (locations::withdrawn_at.eq(now.0), locations::withdrawal_id.eq(withdrawal));
        diesel::update(some.clone()).set(taken_back).execute(conn)?;
        diesel::update(some.filter(locations::state.eq(repeat))).set(gone).execute(conn)?;
    }
    Ok(())
}

/// Ties locations to the counter-notice that disputes them, or frees them.
pub fn set_counter(conn: &mut Conn, ids: &[i64], counter: Option<CounterId>) -> Result<(), StorageError> {
    for chunk in ids.chunks(500) {
        let some = locations::table.filter(locations::id.eq_any(chunk));
        diesel::update(some).set(locations::counter_id.eq(counter.map(|c| c.0))).execute(conn)?;
    }
    Ok(())
}

/// Locations that a counter-notice disputes.
pub fn of_counter(conn: &mut Conn, counter: CounterId) -> Result<Vec<LocationRow>, StorageError> {
    Ok(locations::table
        .filter(locations::counter_id.eq(counter.0))
        .order(locations::position)
        .select(LocationRow::as_select())
        .load(conn)?)
}

/// Locations by id.
pub fn by_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<LocationRow>, StorageError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        let some = locations::table.filter(locations::id.eq_any(chunk)).order(locations::id);
        found.extend(some.select(LocationRow::as_select()).load::<LocationRow>(conn)?);
    }
    Ok(found)
}

/// How many locations of a case are in one of these states.
pub fn count_in(conn: &mut Conn, case: CaseId, states: &[LocationState]) -> Result<i64, StorageError> {
    let codes: Vec<&str> = states.iter().map(|s| s.code()).collect();
    Ok(locations::table
        .filter(locations::case_id.eq(case.0))
        .filter(locations::state.eq_any(codes))
        .count()
        .get_result(conn)?)
}

/// A digest over the states of a case's locations, in hexadecimal.
pub fn states_digest(conn: &mut Conn, case: CaseId) -> Result<String, StorageError> {
    let states: Vec<(i64, String)> = locations::table
        .filter(locations::case_id.eq(case.0))
        .order(locations::id)
        .select((locations::id, locations::state))
        .load(conn)?;
    Ok(digest_of_states(&states))
}

/// The digest of states by row number, in the order of row numbers.
pub(in crate::storage) fn digest_of_states(states: &[(i64, String)]) -> String {
    let lines: Vec<String> = states.iter().map(|(id, state)| format!("{id} {state}")).collect();
    fingerprint::of_fields(lines.iter().map(String::as_bytes))
}
