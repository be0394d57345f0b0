//! Second factors of staff, and the codes that stand in for a lost one.

use diesel::prelude::*;

use crate::domain::access::second_factor::Secret;
use crate::domain::access::token::TokenHash;
use crate::domain::base::ids::StaffId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{recovery_codes, second_factors};

/// The secret of somebody who has a second factor.
pub fn secret(conn: &mut Conn, who: StaffId) -> Result<Option<Secret>, StorageError> {
    let found: Option<Vec<u8>> =
        second_factors::table.find(who.0).select(second_factors::secret).first(conn).optional()?;
    let Some(bytes) = found else { return Ok(None) };
    Secret::from_bytes(&bytes).map(Some).ok_or_else(|| StorageError::corrupt("second_factors", "secret", who.0))
}

/// Since when somebody has one.
pub fn since(conn: &mut Conn, who: StaffId) -> Result<Option<Moment>, StorageError> {
    Ok(second_factors::table.find(who.0).select(second_factors::since).first(conn).optional()?.map(Moment))
}

/// Gives somebody one; `step` is that of the code that proved it.
pub fn put(conn: &mut Conn, who: StaffId, secret: &Secret, step: i64, now: Moment) -> Result<(), StorageError> {
    diesel::delete(second_factors::table.find(who.0)).execute(conn)?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::staff_id.eq(who.0),
            second_factors::secret.eq(secret.bytes().to_vec()),
            second_factors::last_step.eq(step),
            second_factors::since.eq(now.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes it away, with its recovery codes; whether there was one.
pub fn remove(conn: &mut Conn, who: StaffId) -> Result<bool, StorageError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::staff_id.eq(who.0))).execute(conn)?;
    Ok(diesel::delete(second_factors::table.find(who.0)).execute(conn)? == 1)
}

/// Takes a time step; `false` where it, or a later one, was taken before.
pub fn take_step(conn: &mut Conn, who: StaffId, step: i64) -> Result<bool, StorageError> {
    let newer = second_factors::table.find(who.0).filter(second_factors::last_step.lt(step));
    Ok(diesel::update(newer).set(second_factors::last_step.eq(step)).execute(conn)? == 1)
}

/// Replaces all recovery codes.
pub fn put_codes(conn: &mut Conn, who: StaffId, hashes: &[TokenHash]) -> Result<(), StorageError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::staff_id.eq(who.0))).execute(conn)?;
    for hash in hashes {
        let row = (recovery_codes::staff_id.eq(who.0), recovery_codes::code_hash.eq(&hash.0));
        diesel::insert_into(recovery_codes::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Uses a recovery code; `false` where it is none or was used.
pub fn use_code(conn: &mut Conn, who: StaffId, hash: &TokenHash, now: Moment) -> Result<bool, StorageError> {
    let fresh = recovery_codes::table.find((who.0, &hash.0)).filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(fresh).set(recovery_codes::used_at.eq(now.0)).execute(conn)? == 1)
}

/// How many recovery codes are left.
pub fn codes_left(conn: &mut Conn, who: StaffId) -> Result<i64, StorageError> {
    let fresh = recovery_codes::table.filter(recovery_codes::staff_id.eq(who.0));
    Ok(fresh.filter(recovery_codes::used_at.is_null()).count().get_result(conn)?)
}
