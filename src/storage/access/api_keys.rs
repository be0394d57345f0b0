//! Keys of the API. Only a digest of the secret is stored; it is shown once, when the key is made.

use diesel::prelude::*;

use crate::domain::access::scope::{Scope, read_list, write_list};
use crate::domain::access::token::TokenHash;
use crate::domain::base::ids::ApiKeyId;
use crate::domain::base::moment::{Moment, Span};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::api_keys;

/// A key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: Moment,
    pub created_by: String,
    pub expires_at: Option<Moment>,
    pub last_used_at: Option<Moment>,
    pub revoked_at: Option<Moment>,
}

impl ApiKey {
    /// Whether it opens anything now.
    pub fn works(&self, now: Moment) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

type Row = (i64, String, String, i64, String, Option<i64>, Option<i64>, Option<i64>);

fn read(row: Row) -> Result<ApiKey, StorageError> {
    let (id, name, scopes, created, created_by, expires, used, revoked) = row;
    Ok(ApiKey {
        id: ApiKeyId(id),
        name,
        scopes: read_list(&scopes).map_err(|_| StorageError::corrupt("api_keys", "scopes", id))?,
        created_at: Moment(created),
        created_by,
        expires_at: expires.map(Moment),
        last_used_at: used.map(Moment),
        revoked_at: revoked.map(Moment),
    })
}

macro_rules! columns {
    () => {
        (
            api_keys::id,
            api_keys::name,
            api_keys::scopes,
            api_keys::created_at,
            api_keys::created_by,
            api_keys::expires_at,
            api_keys::last_used_at,
            api_keys::revoked_at,
        )
    };
}

/// A key to make.
#[derive(Clone, Debug)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Moment>,
}

/// Adds a key.
pub fn insert(
    conn: &mut Conn,
    new: &NewKey,
    hash: &TokenHash,
    by: &str,
    now: Moment,
) -> Result<ApiKeyId, StorageError> {
    let id: i64 = diesel::insert_into(api_keys::table)
        .values((
            api_keys::name.eq(&new.name),
            api_keys::token_hash.eq(&hash.0),
            api_keys::scopes.eq(write_list(&new.scopes)),
            api_keys::created_at.eq(now.0),
            api_keys::created_by.eq(by),
            api_keys::expires_at.eq(new.expires_at.map(|e| e.0)),
        ))
        .returning(api_keys::id)
        .get_result(conn)?;
    Ok(ApiKeyId(id))
}

/// The key with a secret, whether it still works or not.
pub fn by_hash(conn: &mut Conn, hash: &TokenHash) -> Result<Option<ApiKey>, StorageError> {
    let row: Option<Row> = api_keys::table
        .filter(api_keys::token_hash.eq(&hash.0))
        .select(columns!())
        .fixed(here!())
        .row(conn)
        .optional()?;
    row.map(read).transpose()
}

/// All keys, newest first (at most 500).
pub fn all(conn: &mut Conn) -> Result<Vec<ApiKey>, StorageError> {
    let rows: Vec<Row> = api_keys::table.order(api_keys::id.desc()).limit(500).select(columns!()).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Whether the time of last use is old enough to be written again: once a minute is enough.
pub fn is_stale(key: &ApiKey, now: Moment) -> bool {
    key.last_used_at.is_none_or(|at| now.since(at) >= Span::minutes(1))
}

/// Remembers a use.
pub fn used(conn: &mut Conn, id: ApiKeyId, now: Moment) -> Result<(), StorageError> {
    diesel::update(api_keys::table.find(id.0)).set(api_keys::last_used_at.eq(now.0)).fixed(here!()).run(conn)?;
    Ok(())
}

/// Revokes a key; returns whether it was not revoked before.
pub fn revoke(conn: &mut Conn, id: ApiKeyId, now: Moment) -> Result<bool, StorageError> {
    let open = api_keys::table.find(id.0).filter(api_keys::revoked_at.is_null());
    Ok(diesel::update(open).set(api_keys::revoked_at.eq(now.0)).execute(conn)? == 1)
}
