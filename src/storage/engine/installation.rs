//! The installation's secret: the key of CSRF tokens and sealed forms, shared by all nodes.

use diesel::prelude::*;

use super::connection::{Conn, per_backend};
use super::error::StorageError;
use super::schema::installation;
use crate::domain::base::moment::Moment;

/// Writes a row as it is: whether anything can be written.
pub fn touch(conn: &mut Conn) -> Result<(), StorageError> {
    diesel::update(installation::table).set(installation::created_at.eq(installation::created_at)).execute(conn)?;
    Ok(())
}

/// The secret, made from `fresh` at the first start.
pub fn secret(conn: &mut Conn, fresh: &[u8; 32], now: Moment) -> Result<Vec<u8>, StorageError> {
    let row =
        (installation::id.eq(1_i64), installation::secret.eq(fresh.as_slice()), installation::created_at.eq(now.0));
    per_backend!(&mut *conn, |c| diesel::insert_into(installation::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(installation::table.select(installation::secret).first(conn)?)
}
