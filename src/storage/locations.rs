//! Reported locations, their case and their state.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::connection::{Conn, insert_all};
use super::error::StorageError;
use super::schema::{cases, locations};
use crate::domain::contact::one_line;
use crate::domain::ids::{CaseId, CustomerId, NoticeId, StrikeId};
use crate::domain::location::{Location, Place};
use crate::domain::moment::Moment;

/// A stored location.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = locations)]
pub struct LocationRow {
    pub id: i64,
    pub case_id: Option<i64>,
    pub position: i32,
    pub as_written: String,
    pub shown: String,
    pub kind: String,
    pub detail: String,
    pub observed_at: Option<i64>,
    pub state: String,
    pub state_at: i64,
}

impl LocationRow {
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

    /// Mark in the stylesheet and word for staff.
    pub fn label(&self) -> (&'static str, &'static str) {
        match self.state.as_str() {
            "reported" => ("live", "Reported"),
            "removed" => ("removed", "Removed"),
            "disabled" => ("disabled", "Disabled"),
            "not_hosted" => ("notours", "Not ours"),
            _ => ("doubt", "Not readable"),
        }
    }
}

/// What became of a location when the notice was matched.
pub struct Matched<'a> {
    pub location: &'a Location,
    /// Whose it is, and the case, where one was opened.
    pub owner: Option<(CustomerId, Option<CaseId>)>,
}

#[derive(Insertable)]
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
    let state = match (kind, matched.owner) {
        ("unreadable", _) => "unreadable",
        (_, Some(_)) => "reported",
        (_, None) => "not_hosted",
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
        state,
        state_at: now.0,
        material: matched.owner.map_or(0, |(customer, _)| material_key(customer, location.shown())),
    }
}

/// A short key for "the same material of the same customer": the first 63 bits of a digest. A collision
/// would join two strikes of one customer into one, at odds of one in 10^18 for each pair.
pub fn material_key(customer: CustomerId, shown: &str) -> i64 {
    let digest = Sha256::new().chain_update(customer.0.to_be_bytes()).chain_update(shown).finalize();
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first) & i64::MAX
}

/// Locations of a case, a page at a time, after a position.
pub fn of_case(conn: &mut Conn, case: CaseId, after: i32, limit: i64) -> Result<Vec<LocationRow>, StorageError> {
    Ok(locations::table
        .filter(locations::case_id.eq(case.0))
        .filter(locations::position.gt(after))
        .order(locations::position)
        .limit(limit)
        .select(LocationRow::as_select())
        .load(conn)?)
}

/// Locations of a notice, a page at a time, after a position.
pub fn of_notice(conn: &mut Conn, notice: NoticeId, after: i32, limit: i64) -> Result<Vec<LocationRow>, StorageError> {
    Ok(locations::table
        .filter(locations::notice_id.eq(notice.0))
        .filter(locations::position.gt(after))
        .order(locations::position)
        .limit(limit)
        .select(LocationRow::as_select())
        .load(conn)?)
}

/// Locations of a notice that belong to no case: not at this host, or not readable.
pub fn left_out(conn: &mut Conn, notice: NoticeId, limit: i64) -> Result<Vec<LocationRow>, StorageError> {
    Ok(locations::table
        .filter(locations::notice_id.eq(notice.0))
        .filter(locations::state.eq_any(["not_hosted", "unreadable"]))
        .order(locations::position)
        .limit(limit)
        .select(LocationRow::as_select())
        .load(conn)?)
}

/// Moves locations of a case that are still reported into another state; `only` narrows them by id.
pub fn set_state(
    conn: &mut Conn,
    case: CaseId,
    only: Option<&[i64]>,
    state: &'static str,
    now: Moment,
) -> Result<usize, StorageError> {
    let mut changed = 0;
    let set = (locations::state.eq(state), locations::state_at.eq(now.0));
    let open = locations::table.filter(locations::case_id.eq(case.0)).filter(locations::state.ne(state));
    match only {
        None => changed += diesel::update(open).set(set).execute(conn)?,
        Some(ids) => {
            for chunk in ids.chunks(500) {
                let open = locations::table.filter(locations::case_id.eq(case.0)).filter(locations::state.ne(state));
                changed += diesel::update(open.filter(locations::id.eq_any(chunk))).set(set).execute(conn)?;
            }
        }
    }
    Ok(changed)
}

/// How many locations of a case are in a state.
pub fn count_in(conn: &mut Conn, case: CaseId, state: &str) -> Result<i64, StorageError> {
    Ok(locations::table
        .filter(locations::case_id.eq(case.0))
        .filter(locations::state.eq(state))
        .count()
        .get_result(conn)?)
}

/// Active or earlier strikes of this customer whose cases named material that this case names too.
pub fn strikes_on_same_material(conn: &mut Conn, case: CaseId) -> Result<Vec<StrikeId>, StorageError> {
    let keys: Vec<i64> =
        locations::table.filter(locations::case_id.eq(case.0)).select(locations::material).distinct().load(conn)?;
    let mut found = Vec::new();
    for chunk in keys.chunks(800) {
        let some: Vec<Option<i64>> = locations::table
            .inner_join(cases::table.on(locations::case_id.eq(cases::id.nullable())))
            .filter(locations::material.eq_any(chunk))
            .filter(locations::case_id.is_not_null())
            .filter(cases::strike_id.is_not_null())
            .select(cases::strike_id)
            .distinct()
            .load(conn)?;
        found.extend(some.into_iter().flatten().map(StrikeId));
    }
    Ok(found)
}
