//! Staff and their sessions.

use diesel::prelude::*;

use crate::domain::access::role::StaffRole;
use crate::domain::access::token::TokenHash;
use crate::domain::base::contact::EmailAddress;
use crate::domain::base::ids::StaffId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{sessions, staff};

/// A member of staff.
#[derive(Clone, Debug)]
pub struct StaffMember {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    pub role: StaffRole,
}

type Row = (i64, String, String, String);
const COLUMNS: (staff::id, staff::email, staff::name, staff::role) =
    (staff::id, staff::email, staff::name, staff::role);

fn read((id, email, name, role): Row) -> Result<StaffMember, StorageError> {
    let role = role.parse().map_err(|_| StorageError::corrupt("staff", "role", id))?;
    Ok(StaffMember { id: StaffId(id), email, name, role })
}

/// Adds a member of staff, or changes name, role and password of one with the same address.
pub fn put(
    conn: &mut Conn,
    email: &EmailAddress,
    name: &str,
    role: StaffRole,
    hash: &str,
    now: Moment,
) -> Result<StaffId, StorageError> {
    let email = email.as_str().to_lowercase();
    let set = (staff::name.eq(name), staff::role.eq(role.code()), staff::password_hash.eq(hash));
    let known: Option<i64> = staff::table.filter(staff::email.eq(&email)).select(staff::id).first(conn).optional()?;
    let id = match known {
        Some(id) => {
            diesel::update(staff::table.find(id)).set((set, staff::disabled_at.eq(None::<i64>))).execute(conn)?;
            end_sessions(conn, StaffId(id), None)?;
            id
        }
        None => diesel::insert_into(staff::table)
            .values((staff::email.eq(&email), set, staff::created_at.eq(now.0)))
            .returning(staff::id)
            .get_result(conn)?,
    };
    Ok(StaffId(id))
}

/// A member by address with the password hash; nobody where disabled.
pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<(StaffMember, String)>, StorageError> {
    let row: Option<(i64, String, String, String, String)> = staff::table
        .filter(staff::email.eq(email.trim().to_lowercase()))
        .filter(staff::disabled_at.is_null())
        .select((staff::id, staff::email, staff::name, staff::role, staff::password_hash))
        .first(conn)
        .optional()?;
    row.map(|(id, email, name, role, hash)| Ok((read((id, email, name, role))?, hash))).transpose()
}

/// A member by number; nobody where disabled.
pub fn by_id(conn: &mut Conn, id: StaffId) -> Result<Option<StaffMember>, StorageError> {
    let row: Option<Row> =
        staff::table.find(id.0).filter(staff::disabled_at.is_null()).select(COLUMNS).first(conn).optional()?;
    row.map(read).transpose()
}

/// Everybody who can sign in.
pub fn all(conn: &mut Conn) -> Result<Vec<StaffMember>, StorageError> {
    let rows: Vec<Row> =
        staff::table.filter(staff::disabled_at.is_null()).order(staff::name).limit(500).select(COLUMNS).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Opens a session.
pub fn open_session(
    conn: &mut Conn,
    hash: &TokenHash,
    id: StaffId,
    expires_at: Moment,
    now: Moment,
) -> Result<(), StorageError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(&hash.0),
            sessions::staff_id.eq(id.0),
            sessions::created_at.eq(now.0),
            sessions::expires_at.eq(expires_at.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who a session belongs to, while it lasts.
pub fn by_session(conn: &mut Conn, hash: &TokenHash, now: Moment) -> Result<Option<StaffMember>, StorageError> {
    let row: Option<Row> = sessions::table
        .inner_join(staff::table)
        .filter(sessions::token_hash.eq(&hash.0))
        .filter(sessions::expires_at.gt(now.0))
        .filter(staff::disabled_at.is_null())
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(read).transpose()
}

/// Ends every session of somebody but one.
pub fn end_sessions(conn: &mut Conn, who: StaffId, but: Option<&TokenHash>) -> Result<(), StorageError> {
    let all = sessions::table.filter(sessions::staff_id.eq(who.0));
    match but {
        Some(kept) => diesel::delete(all.filter(sessions::token_hash.ne(&kept.0))).execute(conn)?,
        None => diesel::delete(all).execute(conn)?,
    };
    Ok(())
}

/// Ends a session.
pub fn close_session(conn: &mut Conn, hash: &TokenHash) -> Result<(), StorageError> {
    diesel::delete(sessions::table.find(&hash.0)).execute(conn)?;
    Ok(())
}

/// Removes sessions that have run out.
pub fn sweep_sessions(conn: &mut Conn, now: Moment) -> Result<usize, StorageError> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(now.0))).execute(conn)?)
}

/// Whether a session has run out and can be removed.
pub fn any_session_over(conn: &mut Conn, now: Moment) -> Result<bool, StorageError> {
    let over = sessions::table.filter(sessions::expires_at.le(now.0));
    Ok(diesel::select(diesel::dsl::exists(over)).get_result(conn)?)
}
