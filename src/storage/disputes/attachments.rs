//! Files people sent with an answer, a counter-notice or a court action. The bytes are stored once under their
//! digest; what a file is was told from its content.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::domain::base::fingerprint;
use crate::domain::base::ids::{CaseId, CounterId};
use crate::domain::base::moment::Moment;
use crate::storage::engine::connection::{Conn, per_backend};
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{attachment_bodies, attachments};

/// What a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Response(i64),
    Counter(CounterId),
    Court(i64),
}

/// A file to keep.
pub struct NewAttachment<'a> {
    pub file_name: &'a str,
    pub media_type: &'a str,
    pub body: &'a [u8],
}

/// A kept file without its bytes.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = attachments)]
pub struct Attachment {
    pub id: i64,
    pub case_id: i64,
    pub response_id: Option<i64>,
    pub counter_id: Option<i64>,
    pub court_id: Option<i64>,
    pub digest: Vec<u8>,
    pub file_name: String,
    pub media_type: String,
    pub size: i64,
    pub at: i64,
    pub via: String,
}

impl Attachment {
    /// SHA-256 in hexadecimal.
    pub fn sha256(&self) -> String {
        self.digest.iter().map(|b| format!("{b:02x}")).collect()
    }
    /// `1.2 MB`.
    pub fn size_shown(&self) -> String {
        match self.size {
            n if n < 1000 => format!("{n} bytes"),
            n if n < 1_000_000 => format!("{} KB", n / 1000),
            n => format!("{}.{} MB", n / 1_000_000, n % 1_000_000 / 100_000),
        }
    }
    /// What it was sent with.
    pub fn sent_with(&self) -> &'static str {
        match (self.counter_id, self.court_id) {
            (Some(_), _) => "counter-notice",
            (_, Some(_)) => "court action",
            _ => "answer",
        }
    }
}

/// Keeps a file; returns its digest in hexadecimal.
pub fn insert(
    conn: &mut Conn,
    case: CaseId,
    of: Of,
    new: &NewAttachment<'_>,
    via: &str,
    now: Moment,
) -> Result<String, StorageError> {
    let digest = Sha256::digest(new.body).to_vec();
    let size = i64::try_from(new.body.len()).unwrap_or(i64::MAX);
    let body =
        (attachment_bodies::digest.eq(&digest), attachment_bodies::size.eq(size), attachment_bodies::body.eq(new.body));
    per_backend!(&mut *conn, |c| diesel::insert_into(attachment_bodies::table)
        .values(body)
        .on_conflict_do_nothing()
        .execute(c))?;
    let (response, counter, court) = match of {
        Of::Response(id) => (Some(id), None, None),
        Of::Counter(id) => (None, Some(id.0), None),
        Of::Court(id) => (None, None, Some(id)),
    };
    diesel::insert_into(attachments::table)
        .values((
            attachments::case_id.eq(case.0),
            attachments::response_id.eq(response),
            attachments::counter_id.eq(counter),
            attachments::court_id.eq(court),
            attachments::digest.eq(&digest),
            attachments::file_name.eq(new.file_name),
            attachments::media_type.eq(new.media_type),
            attachments::size.eq(size),
            attachments::at.eq(now.0),
            attachments::via.eq(via),
        ))
        .execute(conn)?;
    Ok(fingerprint::hex(&digest))
}

/// Files of a case, oldest first (at most 500).
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Attachment>, StorageError> {
    Ok(attachments::table
        .filter(attachments::case_id.eq(case.0))
        .order(attachments::id)
        .limit(500)
        .select(Attachment::as_select())
        .load(conn)?)
}

/// How many bytes the files of a case have.
pub fn bytes_of_case(conn: &mut Conn, case: CaseId) -> Result<i64, StorageError> {
    let sizes: Vec<i64> =
        attachments::table.filter(attachments::case_id.eq(case.0)).limit(5000).select(attachments::size).load(conn)?;
    Ok(sizes.into_iter().sum())
}

/// One file.
pub fn get(conn: &mut Conn, id: i64) -> Result<Attachment, StorageError> {
    let row = attachments::table.find(id).select(Attachment::as_select()).first(conn).optional()?;
    row.ok_or(StorageError::NotFound { table: "attachments", id: id.to_string() })
}

/// The bytes of a file.
pub fn body(conn: &mut Conn, digest: &[u8]) -> Result<Vec<u8>, StorageError> {
    let body: Option<Vec<u8>> =
        attachment_bodies::table.find(digest.to_vec()).select(attachment_bodies::body).first(conn).optional()?;
    body.ok_or_else(|| StorageError::NotFound { table: "attachment_bodies", id: format!("{} bytes", digest.len()) })
}
