//! What complainants took back.

use diesel::prelude::*;

use crate::domain::base::fingerprint;
use crate::domain::base::ids::NoticeId;
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here, inserted};
use crate::storage::engine::schema::withdrawals;

/// All codes of [`Withdrawal::via`].
pub const VIA: [&str; 4] = ["link", "api", "acns", "staff"];

/// A withdrawal of all or some locations of a notice.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = withdrawals)]
pub struct Withdrawal {
    pub id: i64,
    pub at: i64,
    pub via: String,
    pub reason: String,
    pub locations: i32,
    pub whole: bool,
}

impl Withdrawal {
    /// When, as people read it.
    pub fn when(&self) -> String {
        Moment(self.at).full()
    }
}

/// What the event of a withdrawal tells of it.
pub fn digest(via: &str, reason: &str, locations: i64, whole: bool) -> String {
    fingerprint::of_texts(&[via, reason, &locations.to_string(), &whole.to_string()])
}

/// Stores one; returns its number.
pub fn insert(
    conn: &mut Conn,
    notice: NoticeId,
    (via, reason): (&str, &str),
    (locations, whole): (usize, bool),
    now: Moment,
) -> Result<i64, StorageError> {
    let insert = diesel::insert_into(withdrawals::table).values((
        withdrawals::notice_id.eq(notice.0),
        withdrawals::at.eq(now.0),
        withdrawals::via.eq(via),
        withdrawals::reason.eq(reason),
        withdrawals::locations.eq(i32::try_from(locations).unwrap_or(i32::MAX)),
        withdrawals::whole.eq(whole),
    ));
    inserted!(conn, insert, withdrawals::id)?
        .ok_or_else(|| StorageError::NotFound { table: "withdrawals", id: "just added".to_owned() })
}

/// The number of the newest withdrawal of a notice; zero where there is none.
pub fn newest(conn: &mut Conn, notice: NoticeId) -> Result<i64, StorageError> {
    let of = withdrawals::table.filter(withdrawals::notice_id.eq(notice.0)).order(withdrawals::id.desc());
    Ok(of.select(withdrawals::id).first(conn).optional()?.unwrap_or(0))
}

/// Withdrawals of a notice, oldest first.
pub fn of_notice(conn: &mut Conn, notice: NoticeId) -> Result<Vec<Withdrawal>, StorageError> {
    Ok(withdrawals::table
        .filter(withdrawals::notice_id.eq(notice.0))
        .order(withdrawals::id)
        .limit(200)
        .select(Withdrawal::as_select())
        .load(conn)?)
}
