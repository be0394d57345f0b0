//! Decisions of staff on accounts. The database itself refuses a second person who is the first.

use diesel::prelude::*;

use crate::domain::base::ids::{CustomerId, DecisionId, PolicyVersion, StaffId};
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::decision::{DecisionKind, DecisionState};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::{StorageError, one_row};
use crate::storage::engine::schema::{decisions, staff};

/// A decision, proposed or in force.
#[derive(Clone, Debug)]
pub struct Decision {
    pub id: DecisionId,
    pub customer_id: CustomerId,
    pub kind: DecisionKind,
    pub state: DecisionState,
    /// Grounds in words, one a line.
    pub grounds: String,
    pub reasons: String,
    pub proposed_by: StaffId,
    pub proposed_at: Moment,
    pub second_by: Option<StaffId>,
    pub second_at: Option<Moment>,
    pub second_note: String,
    pub policy: PolicyVersion,
    pub active_strikes: u32,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = decisions)]
struct DecisionRow {
    id: i64,
    customer_id: i64,
    kind: String,
    state: String,
    grounds: String,
    reasons: String,
    proposed_by: i64,
    proposed_at: i64,
    second_by: Option<i64>,
    second_at: Option<i64>,
    second_note: String,
    policy_version: i64,
    active_strikes: i32,
}

impl TryFrom<DecisionRow> for Decision {
    type Error = StorageError;
    fn try_from(row: DecisionRow) -> Result<Self, StorageError> {
        let corrupt = |column| StorageError::corrupt("decisions", column, row.id);
        Ok(Self {
            id: DecisionId(row.id),
            customer_id: CustomerId(row.customer_id),
            kind: row.kind.parse().map_err(|()| corrupt("kind"))?,
            state: DecisionState::from_code(&row.state).ok_or_else(|| corrupt("state"))?,
            grounds: row.grounds,
            reasons: row.reasons,
            proposed_by: StaffId(row.proposed_by),
            proposed_at: Moment(row.proposed_at),
            second_by: row.second_by.map(StaffId),
            second_at: row.second_at.map(Moment),
            second_note: row.second_note,
            policy: PolicyVersion(row.policy_version),
            active_strikes: u32::try_from(row.active_strikes).unwrap_or(0),
        })
    }
}

/// A decision to store.
pub struct NewDecision<'a> {
    pub customer: CustomerId,
    pub kind: DecisionKind,
    pub state: DecisionState,
    pub grounds: &'a str,
    pub reasons: &'a str,
    pub by: StaffId,
    pub policy: PolicyVersion,
    pub active_strikes: u32,
}

/// Stores a decision.
pub fn insert(conn: &mut Conn, new: &NewDecision<'_>, now: Moment) -> Result<DecisionId, StorageError> {
    let effective = new.state == DecisionState::Effective;
    let id: i64 = diesel::insert_into(decisions::table)
        .values((
            decisions::customer_id.eq(new.customer.0),
            decisions::kind.eq(new.kind.code()),
            decisions::state.eq(new.state.code()),
            decisions::grounds.eq(new.grounds),
            decisions::reasons.eq(new.reasons),
            decisions::proposed_by.eq(new.by.0),
            decisions::proposed_at.eq(now.0),
            decisions::second_at.eq(effective.then_some(now.0)),
            decisions::second_note.eq(""),
            decisions::policy_version.eq(new.policy.0),
            decisions::active_strikes.eq(i32::try_from(new.active_strikes).unwrap_or(i32::MAX)),
        ))
        .returning(decisions::id)
        .get_result(conn)?;
    Ok(DecisionId(id))
}

/// One decision.
pub fn get(conn: &mut Conn, id: DecisionId) -> Result<Decision, StorageError> {
    let row = decisions::table.find(id.0).select(DecisionRow::as_select()).first(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "decisions", id: id.to_string() })?.try_into()
}

/// The second person agrees or does not.
pub fn settle(
    conn: &mut Conn,
    id: DecisionId,
    state: DecisionState,
    by: StaffId,
    note: &str,
    now: Moment,
) -> Result<(), StorageError> {
    let pending = decisions::table.find(id.0).filter(decisions::state.eq(DecisionState::Pending.code()));
    let changed = diesel::update(pending.filter(decisions::proposed_by.ne(by.0)))
        .set((
            decisions::state.eq(state.code()),
            decisions::second_by.eq(by.0),
            decisions::second_at.eq(now.0),
            decisions::second_note.eq(note),
        ))
        .execute(conn)?;
    one_row(changed, "decisions", id.0)
}

/// Decisions of a customer with the names of both people, newest first (at most 50).
pub fn of_customer(
    conn: &mut Conn,
    customer: CustomerId,
) -> Result<Vec<(Decision, String, Option<String>)>, StorageError> {
    let second = diesel::alias!(staff as second);
    let rows: Vec<(DecisionRow, String, Option<String>)> = decisions::table
        .inner_join(staff::table.on(decisions::proposed_by.eq(staff::id)))
        .left_join(second.on(decisions::second_by.eq(second.field(staff::id).nullable())))
        .filter(decisions::customer_id.eq(customer.0))
        .order(decisions::id.desc())
        .limit(50)
        .select((DecisionRow::as_select(), staff::name, second.field(staff::name).nullable()))
        .load(conn)?;
    rows.into_iter().map(|(row, first, second)| Ok((row.try_into()?, first, second))).collect()
}

/// Decisions that wait for a second person with the name of the first, oldest first.
pub fn pending(conn: &mut Conn, limit: i64) -> Result<Vec<(Decision, String)>, StorageError> {
    let rows: Vec<(DecisionRow, String)> = decisions::table
        .inner_join(staff::table.on(decisions::proposed_by.eq(staff::id)))
        .filter(decisions::state.eq("pending"))
        .order(decisions::id)
        .limit(limit)
        .select((DecisionRow::as_select(), staff::name))
        .load(conn)?;
    rows.into_iter().map(|(row, first)| Ok((row.try_into()?, first))).collect()
}

/// Whether a decision waits for a second person.
pub fn pending_of(conn: &mut Conn, customer: CustomerId) -> Result<Option<DecisionId>, StorageError> {
    let id: Option<i64> = decisions::table
        .filter(decisions::customer_id.eq(customer.0))
        .filter(decisions::state.eq("pending"))
        .select(decisions::id)
        .first(conn)
        .optional()?;
    Ok(id.map(DecisionId))
}

/// How many decisions of these kinds took effect since a moment.
pub fn effective_since(conn: &mut Conn, kinds: &[DecisionKind], since: Moment) -> Result<i64, StorageError> {
    let codes: Vec<&str> = kinds.iter().map(|k| k.code()).collect();
    Ok(decisions::table
        .filter(decisions::kind.eq_any(codes))
        .filter(decisions::second_at.ge(since.0))
        .filter(decisions::state.eq("effective"))
        .count()
        .get_result(conn)?)
}
