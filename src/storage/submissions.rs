//! What arrived, byte for byte. Nothing here is ever changed or deleted.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use sha2::{Digest, Sha256};

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{notices, submissions};
use crate::domain::ids::Reference;
use crate::domain::moment::Moment;
use crate::domain::token::TokenHash;

/// Name of the table in a [`StorageError::Conflict`]: the submission is being received by somebody else.
pub const TABLE: &str = "submissions";

/// A submission as it came in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// `form`, `api`, `cli`, …
    pub channel: &'static str,
    /// Network address of the sender, empty where there is none.
    pub sender_address: String,
    /// Agent string of the sender's program.
    pub user_agent: String,
    pub content_type: String,
    pub body: Vec<u8>,
    /// The same key is accepted once.
    pub dedup_key: Option<TokenHash>,
}

/// A stored submission.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = submissions)]
pub struct SubmissionRow {
    pub id: i64,
    pub received_at: i64,
    pub channel: String,
    pub sender_address: String,
    pub user_agent: String,
    pub content_type: String,
    pub body: Vec<u8>,
    pub digest: Vec<u8>,
    pub problem: Option<String>,
}

/// Keeps a submission; `problem` says why nothing was understood of it.
pub fn insert(conn: &mut Conn, new: &Submission, problem: Option<&str>, now: Moment) -> Result<i64, StorageError> {
    let digest = Sha256::digest(&new.body).to_vec();
    let inserted = diesel::insert_into(submissions::table)
        .values((
            submissions::received_at.eq(now.0),
            submissions::channel.eq(new.channel),
            submissions::sender_address.eq(&new.sender_address),
            submissions::user_agent.eq(&new.user_agent),
            submissions::content_type.eq(&new.content_type),
            submissions::body.eq(&new.body),
            submissions::digest.eq(digest),
            submissions::dedup_key.eq(new.dedup_key.as_ref().map(|k| k.0.clone())),
            submissions::problem.eq(problem),
        ))
        .returning(submissions::id)
        .get_result(conn);
    match inserted {
        // Another connection was faster with the same key.
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(StorageError::Conflict { table: TABLE, id: 0 })
        }
        other => Ok(other?),
    }
}

/// The notice a dedup key has already become.
pub fn seen(conn: &mut Conn, key: &TokenHash) -> Result<Option<Reference>, StorageError> {
    let found: Option<String> = submissions::table
        .inner_join(notices::table.on(notices::submission_id.eq(submissions::id)))
        .filter(submissions::dedup_key.eq(&key.0))
        .select(notices::reference)
        .first(conn)
        .optional()?;
    found.map(|r| r.parse().map_err(|_| StorageError::corrupt("notices", "reference", r))).transpose()
}

/// One submission with its bytes.
pub fn get(conn: &mut Conn, id: i64) -> Result<SubmissionRow, StorageError> {
    let row = submissions::table.find(id).select(SubmissionRow::as_select()).first(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "submissions", id: id.to_string() })
}
