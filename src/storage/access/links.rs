//! Private links: only the hash of the token is stored.

use diesel::prelude::*;

use crate::domain::access::token::{PlainToken, Purpose};
use crate::domain::base::ids::{CaseId, NoticeId};
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::links;

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Case(CaseId),
    Notice(NoticeId),
    /// The email address a notice was sent from, to be confirmed.
    Confirm(NoticeId),
}

/// A link found by its token.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub target: Target,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub revoked_at: Option<Moment>,
}

/// Stores a link.
pub fn insert(
    conn: &mut Conn,
    token: &PlainToken,
    target: Target,
    expires_at: Moment,
    now: Moment,
) -> Result<(), StorageError> {
    let (purpose, case, notice) = match target {
        Target::Case(id) => (Purpose::Respond, Some(id.0), None),
        Target::Notice(id) => (Purpose::Status, None, Some(id.0)),
        Target::Confirm(id) => (Purpose::Confirm, None, Some(id.0)),
    };
    diesel::insert_into(links::table)
        .values((
            links::token_hash.eq(&token.link_hash().0),
            links::purpose.eq(purpose.code()),
            links::case_id.eq(case),
            links::notice_id.eq(notice),
            links::created_at.eq(now.0),
            links::expires_at.eq(expires_at.0),
        ))
        .fixed(here!())
        .run(conn)?;
    Ok(())
}

/// Finds a link for a purpose, also an expired or revoked one: the page explains what happened.
pub fn find(conn: &mut Conn, token: &PlainToken, purpose: Purpose) -> Result<Option<Link>, StorageError> {
    type Row = (Option<i64>, Option<i64>, i64, i64, Option<i64>);
    let row: Option<Row> = links::table
        .filter(links::token_hash.eq(token.link_hash().0))
        .filter(links::purpose.eq(purpose.code()))
        .select((links::case_id, links::notice_id, links::created_at, links::expires_at, links::revoked_at))
        .fixed(here!())
        .row(conn)
        .optional()?;
    let Some((case, notice, created, expires, revoked)) = row else { return Ok(None) };
    let target = match (case, notice) {
        (Some(id), _) => Target::Case(CaseId(id)),
        (_, Some(id)) if purpose == Purpose::Confirm => Target::Confirm(NoticeId(id)),
        (_, Some(id)) => Target::Notice(NoticeId(id)),
        _ => return Err(StorageError::corrupt("links", "case_id", "?")),
    };
    Ok(Some(Link { target, created_at: Moment(created), expires_at: Moment(expires), revoked_at: revoked.map(Moment) }))
}

/// Finds a link that opens: what has ended shows nothing of what was behind it.
pub fn find_open(
    conn: &mut Conn,
    token: &PlainToken,
    purpose: Purpose,
    now: Moment,
) -> Result<Option<Target>, StorageError> {
    let open = find(conn, token, purpose)?.filter(|link| link.revoked_at.is_none() && now < link.expires_at);
    Ok(open.map(|link| link.target))
}

/// Revokes every link to a case.
pub fn revoke_of_case(conn: &mut Conn, case: CaseId, now: Moment) -> Result<usize, StorageError> {
    Ok(diesel::update(links::table.filter(links::case_id.eq(case.0)).filter(links::revoked_at.is_null()))
        .set(links::revoked_at.eq(now.0))
        .execute(conn)?)
}
