//! Versions of the policy. Published ones are never changed.

use diesel::prelude::*;

use crate::domain::base::fingerprint;
use crate::domain::base::ids::PolicyVersion;
use crate::domain::base::moment::Moment;
use crate::domain::enforcement::policy::Policy;
use crate::storage::engine::connection::{Conn, per_backend};
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::policies;

/// A published version.
#[derive(Clone, Debug)]
pub struct Published {
    pub version: PolicyVersion,
    pub in_force_from: Moment,
    pub policy: Policy,
    pub reason: String,
}

type Row = (i64, i64, String, String);

fn read((version, from, body, reason): Row) -> Result<Published, StorageError> {
    let policy = serde_json::from_str(&body).map_err(|_| StorageError::corrupt("policies", "body", version))?;
    Ok(Published { version: PolicyVersion(version), in_force_from: Moment(from), policy, reason })
}

/// Stores a version; `false` when another node stored it first.
pub fn insert(
    conn: &mut Conn,
    version: PolicyVersion,
    policy: &Policy,
    by: &str,
    reason: &str,
    now: Moment,
) -> Result<bool, StorageError> {
    let body = serde_json::to_string(policy).unwrap_or_default();
    let row = (
        policies::version.eq(version.0),
        policies::in_force_from.eq(now.0),
        policies::body.eq(body),
        policies::published_by.eq(by),
        policies::reason.eq(reason),
    );
    let added =
        per_backend!(conn, |c| diesel::insert_into(policies::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(added == 1)
}

/// What the event of a version tells of its text.
pub fn digest(policy: &Policy) -> String {
    fingerprint::of_texts(&[&serde_json::to_string(policy).unwrap_or_default()])
}

/// Number and digest of the versions stored, in order.
pub(in crate::storage) fn digests(conn: &mut Conn) -> Result<Vec<(i64, String)>, StorageError> {
    let rows: Vec<(i64, String)> =
        policies::table.order(policies::version).select((policies::version, policies::body)).load(conn)?;
    Ok(rows.into_iter().map(|(version, body)| (version, fingerprint::of_texts(&[&body]))).collect())
}

/// The version in force, if any was published yet.
pub fn current(conn: &mut Conn, now: Moment) -> Result<Option<Published>, StorageError> {
    let found: Option<Row> = policies::table
        .filter(policies::in_force_from.le(now.0))
        .order(policies::version.desc())
        .select((policies::version, policies::in_force_from, policies::body, policies::reason))
        .limit(1)
        .fixed(here!())
        .row(conn)
        .optional()?;
    found.map(read).transpose()
}

/// The version in force; there is one from the first start on. Where the clock has gone back behind that, it is the
/// first one.
pub fn in_force(conn: &mut Conn, now: Moment) -> Result<Published, StorageError> {
    if let Some(found) = current(conn, now)? {
        return Ok(found);
    }
    let first: Row = policies::table
        .order(policies::version)
        .select((policies::version, policies::in_force_from, policies::body, policies::reason))
        .first(conn)?;
    read(first)
}

/// All versions, newest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Published>, StorageError> {
    let rows: Vec<Row> = policies::table
        .order(policies::version.desc())
        .limit(100)
        .select((policies::version, policies::in_force_from, policies::body, policies::reason))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}
