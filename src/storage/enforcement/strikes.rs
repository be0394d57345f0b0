//! Strikes: one per incident. Never deleted, only ended.

use diesel::prelude::*;

use crate::domain::base::ids::{CaseId, CustomerId, PolicyVersion, StrikeId};
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::strikes::StrikeStatus;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::{StorageError, one_row};
use crate::storage::engine::schema::strikes;

/// One incident counted against a customer.
#[derive(Clone, Debug)]
pub struct Strike {
    pub id: StrikeId,
    pub customer_id: CustomerId,
    pub case_id: CaseId,
    /// Receipt of the incident's first notice.
    pub received_at: Moment,
    /// When the customer was first told.
    pub told_at: Option<Moment>,
    pub expires_at: Moment,
    pub status: StrikeStatus,
    pub policy: PolicyVersion,
    pub ended_reason: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = strikes)]
struct StrikeRow {
    id: i64,
    customer_id: i64,
    case_id: i64,
    received_at: i64,
    told_at: Option<i64>,
    expires_at: i64,
    status: String,
    policy_version: i64,
    ended_reason: String,
}

impl TryFrom<StrikeRow> for Strike {
    type Error = StorageError;
    fn try_from(row: StrikeRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: StrikeId(row.id),
            customer_id: CustomerId(row.customer_id),
            case_id: CaseId(row.case_id),
            received_at: Moment(row.received_at),
            told_at: row.told_at.map(Moment),
            expires_at: Moment(row.expires_at),
            status: StrikeStatus::from_code(&row.status)
                .ok_or_else(|| StorageError::corrupt("strikes", "status", row.id))?,
            policy: PolicyVersion(row.policy_version),
            ended_reason: row.ended_reason,
        })
    }
}

fn all(rows: Vec<StrikeRow>) -> Result<Vec<Strike>, StorageError> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A strike to count.
pub struct NewStrike {
    pub customer: CustomerId,
    pub case: CaseId,
    pub received_at: Moment,
    pub told_at: Option<Moment>,
    pub expires_at: Moment,
    pub policy: PolicyVersion,
}

/// Counts a strike; one that has expired already ends at once.
pub fn insert(conn: &mut Conn, new: &NewStrike, status: StrikeStatus, now: Moment) -> Result<StrikeId, StorageError> {
    let id: i64 = diesel::insert_into(strikes::table)
        .values((
            strikes::customer_id.eq(new.customer.0),
            strikes::case_id.eq(new.case.0),
            strikes::received_at.eq(new.received_at.0),
            strikes::told_at.eq(new.told_at.map(|m| m.0)),
            strikes::counted_at.eq(now.0),
            strikes::expires_at.eq(new.expires_at.0),
            strikes::status.eq(status.code()),
            strikes::policy_version.eq(new.policy.0),
            strikes::ended_at.eq((status != StrikeStatus::Active).then_some(now.0)),
            strikes::ended_reason.eq(""),
        ))
        .returning(strikes::id)
        .get_result(conn)?;
    Ok(StrikeId(id))
}

/// One strike.
pub fn get(conn: &mut Conn, id: StrikeId) -> Result<Strike, StorageError> {
    let row = strikes::table.find(id.0).select(StrikeRow::as_select()).first(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "strikes", id: id.to_string() })?.try_into()
}

/// Strikes of a customer, newest first (at most `limit`).
pub fn of_customer(conn: &mut Conn, customer: CustomerId, limit: i64) -> Result<Vec<Strike>, StorageError> {
    all(strikes::table
        .filter(strikes::customer_id.eq(customer.0))
        .order((strikes::received_at.desc(), strikes::id.desc()))
        .limit(limit)
        .select(StrikeRow::as_select())
        .load(conn)?)
}

/// Active strikes of a customer received since a moment, oldest first.
pub fn active_since(conn: &mut Conn, customer: CustomerId, since: Moment) -> Result<Vec<Strike>, StorageError> {
    all(strikes::table
        .filter(strikes::customer_id.eq(customer.0))
        .filter(strikes::received_at.ge(since.0))
        .filter(strikes::status.eq(StrikeStatus::Active.code()))
        .order((strikes::received_at, strikes::id))
        .select(StrikeRow::as_select())
        .load(conn)?)
}

/// Active strikes that have run out.
pub fn to_expire(conn: &mut Conn, now: Moment, limit: i64) -> Result<Vec<StrikeId>, StorageError> {
    let ids: Vec<i64> = strikes::table
        .filter(strikes::status.eq("active"))
        .filter(strikes::expires_at.le(now.0))
        .order(strikes::expires_at)
        .limit(limit)
        .select(strikes::id)
        .load(conn)?;
    Ok(ids.into_iter().map(StrikeId).collect())
}

/// Ends a strike that is still active.
pub fn end(conn: &mut Conn, id: StrikeId, status: StrikeStatus, reason: &str, now: Moment) -> Result<(), StorageError> {
    let active = strikes::table.find(id.0).filter(strikes::status.eq(StrikeStatus::Active.code()));
    let changed = diesel::update(active)
        .set((strikes::status.eq(status.code()), strikes::ended_at.eq(now.0), strikes::ended_reason.eq(reason)))
        .execute(conn)?;
    one_row(changed, "strikes", id.0)
}

/// Lets a strike stand on another case of the same incident.
pub fn hand_over(conn: &mut Conn, id: StrikeId, case: CaseId) -> Result<(), StorageError> {
    diesel::update(strikes::table.find(id.0)).set(strikes::case_id.eq(case.0)).execute(conn)?;
    Ok(())
}

/// The end of the next active strike of a customer.
pub fn next_expiry(conn: &mut Conn, customer: CustomerId) -> Result<Option<Moment>, StorageError> {
    let next: Option<i64> = strikes::table
        .filter(strikes::customer_id.eq(customer.0))
        .filter(strikes::status.eq("active"))
        .select(diesel::dsl::min(strikes::expires_at))
        .first(conn)?;
    Ok(next.map(Moment))
}
