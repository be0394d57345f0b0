//! Who of the staff may sign in: listed, disabled, enabled, removed.

use diesel::prelude::*;

use crate::domain::access::role::StaffRole;
use crate::domain::base::ids::StaffId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::{Conn, per_backend};
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{second_factors, staff};

/// Somebody who was ever on the staff.
#[derive(Clone, Debug)]
pub struct StaffAccess {
    pub id: StaffId,
    /// Empty for somebody who was removed: the address can be somebody else's.
    pub email: String,
    pub name: String,
    pub role: StaffRole,
    pub created_at: Moment,
    pub disabled_at: Option<Moment>,
    pub removed_at: Option<Moment>,
    /// Has set up a second step.
    pub second_factor: bool,
}

impl StaffAccess {
    /// Whether they can sign in.
    pub fn is_active(&self) -> bool {
        self.disabled_at.is_none() && self.removed_at.is_none()
    }
}

/// What a removed person's address begins with: it is freed, and no address of anybody.
const REMOVED: &str = "removed ";

type Row = (i64, String, String, String, i64, Option<i64>, Option<i64>, Option<i64>);
type Columns = (
    staff::id,
    staff::email,
    staff::name,
    staff::role,
    staff::created_at,
    staff::disabled_at,
    staff::removed_at,
    diesel::dsl::Nullable<second_factors::staff_id>,
);

fn columns() -> Columns {
    (
        staff::id,
        staff::email,
        staff::name,
        staff::role,
        staff::created_at,
        staff::disabled_at,
        staff::removed_at,
        second_factors::staff_id.nullable(),
    )
}

fn read((id, email, name, role, created, disabled, removed, factor): Row) -> Result<StaffAccess, StorageError> {
    let role = role.parse().map_err(|_| StorageError::corrupt("staff", "role", id))?;
    let email = if email.starts_with(REMOVED) { String::new() } else { email };
    Ok(StaffAccess {
        id: StaffId(id),
        email,
        name,
        role,
        created_at: Moment(created),
        disabled_at: disabled.map(Moment),
        removed_at: removed.map(Moment),
        second_factor: factor.is_some(),
    })
}

/// Everybody who was ever on the staff, in the order they came; at most 1,000.
pub fn everybody(conn: &mut Conn) -> Result<Vec<StaffAccess>, StorageError> {
    let all = staff::table.left_join(second_factors::table).order(staff::id).limit(1000);
    let rows: Vec<Row> = all.select(columns()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Somebody by address, disabled or not; nobody who was removed.
pub fn find(conn: &mut Conn, email: &str) -> Result<Option<StaffAccess>, StorageError> {
    let one = staff::table.left_join(second_factors::table).filter(staff::email.eq(email.trim().to_lowercase()));
    let row: Option<Row> = one.filter(staff::removed_at.is_null()).select(columns()).first(conn).optional()?;
    row.map(read).transpose()
}

/// Somebody by number.
pub fn by_id(conn: &mut Conn, id: StaffId) -> Result<Option<StaffAccess>, StorageError> {
    let one = staff::table.left_join(second_factors::table).filter(staff::id.eq(id.0));
    let row: Option<Row> = one.select(columns()).first(conn).optional()?;
    row.map(read).transpose()
}

/// Whether an admin other than this one can sign in. On PostgreSQL the rows of admins stay locked, so that two who take
/// each other's access away do it one after the other.
pub fn another_admin(conn: &mut Conn, but: StaffId) -> Result<bool, StorageError> {
    let admins = staff::table
        .filter(staff::role.eq(StaffRole::Admin.code()))
        .filter(staff::disabled_at.is_null())
        .order(staff::id)
        .select(staff::id);
    let ids: Vec<i64> = match conn {
        Conn::Postgres(c) => admins.for_update().load(c)?,
        Conn::Sqlite(c) => admins.load(c)?,
    };
    Ok(ids.into_iter().any(|id| id != but.0))
}

/// Takes access away, or gives it back.
pub fn set_disabled(conn: &mut Conn, id: StaffId, at: Option<Moment>) -> Result<(), StorageError> {
    let row = diesel::update(staff::table.find(id.0));
    let set = staff::disabled_at.eq(at.map(|m| m.0));
    per_backend!(conn, |c| row.set(set).execute(c))?;
    Ok(())
}

/// Takes access away for good: no password opens it, and the address is free. Name and number stay for the record.
pub fn remove(conn: &mut Conn, id: StaffId, now: Moment) -> Result<(), StorageError> {
    diesel::update(staff::table.find(id.0))
        .set((
            staff::email.eq(format!("{REMOVED}{}", id.0)),
            staff::password_hash.eq(""),
            staff::disabled_at.eq(Some(now.0)),
            staff::removed_at.eq(Some(now.0)),
        ))
        .execute(conn)?;
    Ok(())
}
