//! Earlier notices that are like a new one.

use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt};

use crate::domain::base::ids::{NoticeId, SenderId};
use crate::domain::base::moment::Moment;
use crate::domain::intake::proof::Proof;
use crate::domain::intake::similarity::Keys;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here};
use crate::storage::engine::schema::notices;

/// Lets one transaction at a time take a notice with this content, until its end: of two that arrive at the same moment
/// the later one is the repeat. SQLite has one writer anyway.
pub fn hold(conn: &mut Conn, keys: &[Keys]) -> Result<(), StorageError> {
    let Conn::Postgres(conn) = conn else { return Ok(()) };
    // In one order, so that two documents cannot wait for each other.
    let contents: BTreeSet<i64> = keys.iter().map(|k| k.content).collect();
    let contents: Vec<i64> = contents.into_iter().collect();
    let held = sql::<BigInt>("count(pg_advisory_xact_lock(content)) FROM unnest(")
        .bind::<Array<BigInt>, _>(contents)
        .sql(") AS content");
    let _held: Vec<i64> = diesel::select(held).fixed(here!()).load(conn)?;
    Ok(())
}

/// Notices with the same content that are compared, the first.
const SAME: i64 = 50;

/// The first notice of a sender with the same content that a new one may be a repeat of: it stands, and it surely comes
/// from the same, or the new one proves nothing itself. One without a sender is compared with its like.
pub fn same_content(
    conn: &mut Conn,
    (sender, proof): (Option<SenderId>, Proof),
    keys: Keys,
) -> Result<Option<NoticeId>, StorageError> {
    let same = notices::table
        .filter(notices::body_key.eq(keys.body))
        .filter(notices::content_key.eq(keys.content))
        .order((notices::sender_id, notices::body_key, notices::content_key, notices::id))
        .filter(notices::withdrawn_at.is_null())
        .select((notices::id, notices::proof))
        .limit(SAME);
    let found: Vec<(i64, String)> = match sender {
        Some(sender) => same.filter(notices::sender_id.eq(sender.0)).fixed(here!()).rows(conn)?,
        None => same.filter(notices::sender_id.is_null()).fixed(here!()).rows(conn)?,
    };
    for (id, stored) in found {
        let earlier: Proof = stored.parse().map_err(|()| StorageError::corrupt("notices", "proof", id))?;
        if !proof.is_identity() || Proof::same((earlier, sender), (proof, sender)) {
            return Ok(Some(NoticeId(id)));
        }
    }
    Ok(None)
}

/// Whether a sender has sent the same descriptions for other works; where this notice is proved, in another proved one.
pub fn same_body(conn: &mut Conn, sender: SenderId, keys: Keys, proof: Proof) -> Result<bool, StorageError> {
    if keys.body == 0 {
        return Ok(false);
    }
    let other = notices::table
        .filter(notices::sender_id.eq(sender.0))
        .filter(notices::body_key.eq(keys.body))
        .filter(notices::works_key.ne(keys.works));
    if proof.is_identity() {
        let proved = other.filter(notices::proof.ne(""));
        return Ok(diesel::select(diesel::dsl::exists(proved)).fixed(here!()).row(conn)?);
    }
    Ok(diesel::select(diesel::dsl::exists(other)).fixed(here!()).row(conn)?)
}

/// Notices of a day that are looked through, the newest.
const LOOKED_THROUGH: i64 = 1_000;

/// Complete notices of a sender that named something hosted and arrived since a moment, the newest first: of the claimed
/// ones where this one is a claim, else of the proved ones. What somebody claims in a name does not count against whoever
/// proves it.
pub fn hosted_since(
    conn: &mut Conn,
    (sender, proof): (SenderId, Proof),
    since: Moment,
) -> Result<Vec<NoticeId>, StorageError> {
    let newest: Vec<(i64, String, i32, String)> = notices::table
        .filter(notices::sender_id.eq(sender.0))
        .filter(notices::received_at.ge(since.0))
        .order((notices::received_at.desc(), notices::id.desc()))
        .limit(LOOKED_THROUGH)
        .select((notices::id, notices::class, notices::hosted, notices::proof))
        .fixed(here!())
        .rows(conn)?;
    let counts = |(_, class, hosted, proved): &(i64, String, i32, String)| {
        class == "complete" && *hosted > 0 && proved.is_empty() != proof.is_identity()
    };
    Ok(newest.into_iter().filter(counts).map(|(id, ..)| NoticeId(id)).collect())
}

/// How many notices of a sender arrived since a moment, counted up to `limit`: by the database, as rows that are only
/// counted need not be handed over. Of proved notices where `proved`, among the newest.
pub fn sent_since(
    conn: &mut Conn,
    (sender, proved): (SenderId, bool),
    since: Moment,
    limit: i64,
) -> Result<u32, StorageError> {
    if proved {
        let newest: Vec<String> = notices::table
            .filter(notices::sender_id.eq(sender.0))
            .filter(notices::received_at.ge(since.0))
            .order((notices::received_at.desc(), notices::id.desc()))
            .limit(LOOKED_THROUGH)
            .select(notices::proof)
            .fixed(here!())
            .rows(conn)?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        return Ok(u32::try_from(newest.iter().filter(|p| !p.is_empty()).take(most).count()).unwrap_or(u32::MAX));
    }
    let some = sql::<BigInt>("(SELECT count(*) FROM (SELECT 1 FROM notices WHERE sender_id = ")
        .bind::<BigInt, _>(sender.0)
        .sql(" AND received_at >= ")
        .bind::<BigInt, _>(since.0)
        .sql(" LIMIT ")
        .bind::<BigInt, _>(limit)
        .sql(") AS lately)");
    let count: i64 = diesel::select(some).fixed(here!()).row(conn)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
