//! What arrived, byte for byte, packed where that saves something. Nothing here is ever changed or deleted.

use std::sync::OnceLock;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::domain::access::token::TokenHash;
use crate::domain::base::fingerprint;
use crate::domain::base::ids::{ApiKeyId, Reference};
use crate::domain::base::moment::Moment;
use crate::storage::engine::codec::{Packing, pack, unpack};
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::prepared::{Prepared, here, inserted};
use crate::storage::engine::schema::{notices, submissions};

/// Name of the table in a [`StorageError::Conflict`]: the submission is being received by somebody else.
pub const TABLE: &str = "submissions";

/// All codes of [`Submission::channel`].
pub const CHANNELS: [&str; 6] = ["form", "api", "mail", "cli", "counter_notice", "counter_notice_on_paper"];

/// A submission as it came in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// One of [`CHANNELS`].
    pub channel: &'static str,
    /// Network address of the sender, empty where there is none.
    pub sender_address: String,
    /// Agent string of the sender's program.
    pub user_agent: String,
    pub content_type: String,
    pub body: Vec<u8>,
    /// The same key is accepted once.
    pub dedup_key: Option<TokenHash>,
    /// Facts about how it came in: the envelope of a mail, what kind of mail it is, authentication results.
    pub facts: Map<String, Value>,
    /// The API key it came with.
    pub api_key: Option<ApiKeyId>,
    /// What is made of the body, once somebody asked.
    pub made: Made,
}

/// See [`Submission::digest`].
#[derive(Clone, Debug, Default)]
pub struct Made(OnceLock<Box<OfBody>>);

#[derive(Clone, Debug)]
struct OfBody {
    digest: [u8; 32],
    packed: Option<Vec<u8>>,
}

impl Submission {
    /// SHA-256 of the body; made once, with the packed body, where neither holds up the writer.
    pub fn digest(&self) -> &[u8; 32] {
        &self.made().digest
    }

    fn made(&self) -> &OfBody {
        let make = || Box::new(OfBody { digest: Sha256::digest(&self.body).into(), packed: pack(&self.body) });
        self.made.0.get_or_init(make)
    }

    /// A submission without facts of its own.
    pub fn new(channel: &'static str, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            channel,
            sender_address: String::new(),
            user_agent: String::new(),
            content_type: content_type.to_owned(),
            body,
            dedup_key: None,
            facts: Map::new(),
            api_key: None,
            made: Made::default(),
        }
    }
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
    pub facts: String,
    pub api_key_id: Option<i64>,
    packing: i32,
}

impl SubmissionRow {
    /// The row with its body as it came.
    fn unpacked(mut self) -> Result<Self, StorageError> {
        let corrupt = || StorageError::corrupt("submissions", "body", self.id);
        match Packing::from_code(self.packing).ok_or_else(corrupt)? {
            Packing::Plain => {}
            Packing::Lz4 => self.body = unpack(&self.body).map_err(|_| corrupt())?,
        }
        Ok(self)
    }

    /// The facts as JSON.
    pub fn facts(&self) -> Map<String, Value> {
        serde_json::from_str(&self.facts).unwrap_or_default()
    }
}

/// Keeps a submission; `problem` says why nothing was understood of it.
pub fn insert(conn: &mut Conn, new: &Submission, problem: Option<&str>, now: Moment) -> Result<i64, StorageError> {
    let OfBody { digest, packed } = new.made();
    let (body, packing) = packed.as_ref().map_or((&new.body, Packing::Plain), |packed| (packed, Packing::Lz4));
    let insert = diesel::insert_into(submissions::table).values((
        submissions::received_at.eq(now.0),
        submissions::channel.eq(new.channel),
        submissions::sender_address.eq(&new.sender_address),
        submissions::user_agent.eq(&new.user_agent),
        submissions::content_type.eq(&new.content_type),
        submissions::body.eq(body),
        submissions::packing.eq(packing.code()),
        submissions::digest.eq(digest.as_slice()),
        submissions::dedup_key.eq(new.dedup_key.as_ref().map(|k| k.0.clone())),
        submissions::problem.eq(problem),
        submissions::facts.eq(Value::Object(new.facts.clone()).to_string()),
        submissions::api_key_id.eq(new.api_key.map(|k| k.0)),
    ));
    match inserted!(conn, insert, submissions::id) {
        // Another connection was faster with the same key.
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(StorageError::Conflict { table: TABLE, id: 0 })
        }
        other => other?.ok_or(StorageError::Conflict { table: TABLE, id: 0 }),
    }
}

/// A submission received before under a dedup key, and the notices it has become.
pub fn seen(conn: &mut Conn, key: &TokenHash) -> Result<Option<(i64, Vec<Reference>)>, StorageError> {
    let known: Option<i64> = submissions::table
        .filter(submissions::dedup_key.eq(&key.0))
        .select(submissions::id)
        .fixed(here!())
        .row(conn)
        .optional()?;
    known.map(|id| Ok((id, notices_of(conn, id)?))).transpose()
}

/// References of the notices a submission has become, in order.
pub fn notices_of(conn: &mut Conn, id: i64) -> Result<Vec<Reference>, StorageError> {
    let found: Vec<String> = notices::table
        .filter(notices::submission_id.eq(id))
        .order(notices::id)
        .select(notices::reference)
        .fixed(here!())
        .rows(conn)?;
    found.into_iter().map(|r| r.parse().map_err(|_| StorageError::corrupt("notices", "reference", r))).collect()
}

/// The facts of a submission, without its bytes.
pub fn facts_of(conn: &mut Conn, id: i64) -> Result<Map<String, Value>, StorageError> {
    let facts: Option<String> =
        submissions::table.find(id).select(submissions::facts).fixed(here!()).row(conn).optional()?;
    Ok(facts.and_then(|f| serde_json::from_str(&f).ok()).unwrap_or_default())
}

/// The digest of a submission as it was told when it came, in hexadecimal.
pub fn stored_digest(conn: &mut Conn, id: i64) -> Result<String, StorageError> {
    let digest: Vec<u8> = submissions::table.find(id).select(submissions::digest).fixed(here!()).row(conn)?;
    Ok(fingerprint::hex(&digest))
}

/// How a submission came, without its bytes.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = submissions)]
pub struct Source {
    pub channel: String,
    pub content_type: String,
    pub api_key_id: Option<i64>,
    /// Facts as JSON.
    pub facts: String,
}

/// How a submission came.
pub fn source_of(conn: &mut Conn, id: i64) -> Result<Source, StorageError> {
    let found = submissions::table.find(id).select(Source::as_select()).first(conn).optional()?;
    found.ok_or(StorageError::NotFound { table: "submissions", id: id.to_string() })
}

/// The API key a submission came with.
pub fn key_of(conn: &mut Conn, id: i64) -> Result<Option<ApiKeyId>, StorageError> {
    let key: Option<Option<i64>> =
        submissions::table.find(id).select(submissions::api_key_id).fixed(here!()).row(conn).optional()?;
    Ok(key.flatten().map(ApiKeyId))
}

/// One submission with its bytes.
pub fn get(conn: &mut Conn, id: i64) -> Result<SubmissionRow, StorageError> {
    let row: Option<SubmissionRow> =
        submissions::table.find(id).select(SubmissionRow::as_select()).first(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "submissions", id: id.to_string() })?.unpacked()
}
