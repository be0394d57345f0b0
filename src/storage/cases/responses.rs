//! Answers as given, every one of them: a correction does not overwrite.

use diesel::prelude::*;

use crate::domain::base::fingerprint;
use crate::domain::base::ids::CaseId;
use crate::domain::base::moment::Moment;
use crate::domain::cases::answer::AnswerKind;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::responses;

/// One answer.
#[derive(Clone, Debug)]
pub struct Response {
    pub at: Moment,
    pub kind: AnswerKind,
    pub note: String,
    /// `link`, or the member of staff who recorded it.
    pub via: String,
}

impl Response {
    /// What the event of the answer tells of it.
    pub fn digest(&self) -> String {
        fingerprint::of_texts(&[&self.at.0.to_string(), self.kind.code(), &self.note, &self.via])
    }
}

/// Records an answer; returns its row number.
pub fn insert(conn: &mut Conn, case: CaseId, response: &Response) -> Result<i64, StorageError> {
    Ok(diesel::insert_into(responses::table)
        .values((
            responses::case_id.eq(case.0),
            responses::at.eq(response.at.0),
            responses::kind.eq(response.kind.code()),
            responses::note.eq(&response.note),
            responses::via.eq(&response.via),
        ))
        .returning(responses::id)
        .get_result(conn)?)
}

/// Answers of a case, newest first (at most 500).
pub fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Response>, StorageError> {
    let rows: Vec<(i64, i64, String, String, String)> = responses::table
        .filter(responses::case_id.eq(case.0))
        .order(responses::id.desc())
        .limit(500)
        .select((responses::id, responses::at, responses::kind, responses::note, responses::via))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, at, kind, note, via)| {
            let kind = kind.parse().map_err(|()| StorageError::corrupt("responses", "kind", id))?;
            Ok(Response { at: Moment(at), kind, note, via })
        })
        .collect()
}
