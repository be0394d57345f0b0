//! What looks at locations found. Evidence: rows are added, never changed.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::base::ids::CaseId;
use crate::domain::base::moment::Moment;
use crate::domain::material::location_state::LocationState;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{locations, probes};

/// All codes of [`Probe::outcome`].
pub const OUTCOMES: [&str; 4] = ["online", "gone", "unclear", "refused"];

/// One look.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = probes)]
pub struct Probe {
    pub id: i64,
    pub location_id: i64,
    pub at: i64,
    /// `online`, `gone`, `unclear` or `refused`.
    pub outcome: String,
    pub status: Option<i32>,
    /// Network address that answered.
    pub address: String,
    pub detail: String,
}

impl Probe {
    /// When, for tables.
    pub fn when(&self) -> String {
        Moment(self.at).stamp()
    }
    /// Mark and word.
    pub fn label(&self) -> (&'static str, &'static str) {
        match self.outcome.as_str() {
            "online" => ("live", "Online"),
            "gone" => ("removed", "Gone"),
            "refused" => ("none", "Not checked"),
            _ => ("doubt", "Unclear"),
        }
    }
}

/// What a look found.
#[derive(Clone, Debug)]
pub struct Found {
    pub outcome: &'static str,
    pub status: Option<u16>,
    pub address: String,
    pub detail: String,
}

/// A location to look at.
#[derive(Clone, Debug, Queryable)]
pub struct Due {
    pub location: i64,
    pub case: Option<i64>,
    pub url: String,
}

/// Asks for a look at web addresses of a case that are in some states, at a time.
pub fn ask(
    conn: &mut Conn,
    case: CaseId,
    only: Option<&[i64]>,
    states: &[LocationState],
    at: Moment,
) -> Result<usize, StorageError> {
    let codes: Vec<&str> = states.iter().map(|s| s.code()).collect();
    let web = locations::table
        .filter(locations::case_id.eq(case.0))
        .filter(locations::kind.eq("web"))
        .filter(locations::state.eq_any(codes));
    Ok(match only {
        None => diesel::update(web).set(locations::probe_at.eq(at.0)).execute(conn)?,
        Some(ids) => {
            let some = web.filter(locations::id.eq_any(ids.iter().take(500).copied().collect::<Vec<_>>()));
            diesel::update(some).set(locations::probe_at.eq(at.0)).execute(conn)?
        }
    })
}

/// Locations to look at now.
pub fn due(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<Due>, StorageError> {
    Ok(locations::table
        .filter(locations::probe_at.le(now.0))
        .order(locations::probe_at)
        .limit(limit)
        .select((locations::id, locations::case_id, locations::shown))
        .load(conn)?)
}

/// Claims one: returns whether it was still to be looked at.
pub fn claim(conn: &mut Conn, location: i64) -> Result<bool, StorageError> {
    let open = locations::table.find(location).filter(locations::probe_at.is_not_null());
    Ok(diesel::update(open).set(locations::probe_at.eq(None::<i64>)).execute(conn)? == 1)
}

/// Records a look.
pub fn insert(conn: &mut Conn, location: i64, case: CaseId, found: &Found, now: Moment) -> Result<(), StorageError> {
    diesel::insert_into(probes::table)
        .values((
            probes::location_id.eq(location),
            probes::case_id.eq(case.0),
            probes::at.eq(now.0),
            probes::outcome.eq(found.outcome),
            probes::status.eq(found.status.map(i32::from)),
            probes::address.eq(&found.address),
            probes::detail.eq(&found.detail),
        ))
        .execute(conn)?;
    Ok(())
}

/// The latest look at each of these locations.
pub fn latest(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Probe>, StorageError> {
    let rows: Vec<Probe> = probes::table
        .filter(probes::location_id.eq_any(ids))
        .order(probes::id)
        .limit(5000)
        .select(Probe::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|p| (p.location_id, p)).collect())
}

/// All looks at the locations of a case, oldest first.
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Probe>, StorageError> {
    Ok(probes::table
        .filter(probes::case_id.eq(case.0))
        .order(probes::id)
        .limit(20_000)
        .select(Probe::as_select())
        .load(conn)?)
}
