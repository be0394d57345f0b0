//! Accounts before staff: one open flag per customer at most (kept by a unique index).

use diesel::prelude::*;

use crate::domain::base::ids::{CustomerId, DecisionId, PolicyVersion};
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::strikes::FlagReason;
use crate::storage::engine::connection::{Conn, per_backend};
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::flags;

/// An open or decided flag.
#[derive(Clone, Debug)]
pub struct Flag {
    pub id: i64,
    pub customer_id: CustomerId,
    pub raised_at: Moment,
    pub policy: PolicyVersion,
    pub reasons: Vec<FlagReason>,
}

type Row = (i64, i64, i64, i64, String);
const COLUMNS: (flags::id, flags::customer_id, flags::raised_at, flags::policy_version, flags::reasons) =
    (flags::id, flags::customer_id, flags::raised_at, flags::policy_version, flags::reasons);

fn read((id, customer, raised_at, policy, reasons): Row) -> Result<Flag, StorageError> {
    Ok(Flag {
        id,
        customer_id: CustomerId(customer),
        raised_at: Moment(raised_at),
        policy: PolicyVersion(policy),
        reasons: serde_json::from_str(&reasons).map_err(|_| StorageError::corrupt("flags", "reasons", id))?,
    })
}

/// Raises a flag; `false` when one is open already (its reasons are brought up to date).
pub fn raise(
    conn: &mut Conn,
    customer: CustomerId,
    policy: PolicyVersion,
    reasons: &[FlagReason],
    now: Moment,
) -> Result<bool, StorageError> {
    let text = serde_json::to_string(reasons).unwrap_or_default();
    let row = (
        flags::customer_id.eq(customer.0),
        flags::raised_at.eq(now.0),
        flags::policy_version.eq(policy.0),
        flags::reasons.eq(&text),
    );
    let added = per_backend!(&mut *conn, |c| diesel::insert_into(flags::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        diesel::update(flags::table.filter(flags::customer_id.eq(customer.0)).filter(flags::decided_at.is_null()))
            .set(flags::reasons.eq(&text))
            .execute(conn)?;
    }
    Ok(added == 1)
}

/// The open flag of a customer.
pub fn open_of(conn: &mut Conn, customer: CustomerId) -> Result<Option<Flag>, StorageError> {
    let open = flags::table.filter(flags::customer_id.eq(customer.0)).filter(flags::decided_at.is_null());
    open.select(COLUMNS).first(conn).optional()?.map(read).transpose()
}

/// Open flags, the longest-waiting first.
pub fn open(conn: &mut Conn, limit: i64) -> Result<Vec<Flag>, StorageError> {
    let rows: Vec<Row> = flags::table
        .filter(flags::decided_at.is_null())
        .order((flags::raised_at, flags::id))
        .limit(limit)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// How many flags are open, counted up to `limit`.
pub fn count_open(conn: &mut Conn, limit: i64) -> Result<i64, StorageError> {
    let some: Vec<i64> = flags::table.filter(flags::decided_at.is_null()).limit(limit).select(flags::id).load(conn)?;
    Ok(i64::try_from(some.len()).unwrap_or(limit))
}

/// Closes the open flag of a customer, with or without a decision.
pub fn close(
    conn: &mut Conn,
    customer: CustomerId,
    decision: Option<DecisionId>,
    now: Moment,
) -> Result<(), StorageError> {
    diesel::update(flags::table.filter(flags::customer_id.eq(customer.0)).filter(flags::decided_at.is_null()))
        .set((flags::decided_at.eq(now.0), flags::decision_id.eq(decision.map(|d| d.0))))
        .execute(conn)?;
    Ok(())
}
