//! What arrived, byte for byte: bodies of submissions and files against their digests, one at a time.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::page::{PAGE, differs};
use crate::storage::disputes::attachments as files;
use crate::storage::engine::connection::Conn;
use crate::storage::engine::error::StorageError;
use crate::storage::engine::schema::{attachment_bodies, attachments, submissions as table};
use crate::storage::intake::submissions;
use crate::storage::record::verify_chains::Broken;

/// Returns how many bodies were read.
pub(super) fn check(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    Ok(of_submissions(conn, found)? + of_files(conn, found)?)
}

fn of_submissions(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let page: Vec<i64> =
            table::table.filter(table::id.gt(after)).order(table::id).limit(PAGE).select(table::id).load(conn)?;
        let Some(last) = page.last() else { return Ok(count) };
        after = *last;
        for id in page {
            count += 1;
            match submissions::get(conn, id) {
                Ok(row) if Sha256::digest(&row.body).as_slice() == row.digest => {}
                Ok(_) => differs(found, format!("submission {id}"), "its bytes are not those that came"),
                Err(StorageError::Corrupt { .. }) => {
                    differs(found, format!("submission {id}"), "its bytes cannot be read");
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn of_files(conn: &mut Conn, found: &mut Vec<Broken>) -> Result<u64, StorageError> {
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let page: Vec<(i64, i64, Vec<u8>)> = attachments::table
            .filter(attachments::id.gt(after))
            .order(attachments::id)
            .limit(PAGE)
            .select((attachments::id, attachments::case_id, attachments::digest))
            .load(conn)?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (id, case, digest) in page {
            count += 1;
            let whole = match files::body(conn, &digest) {
                Ok(body) => Sha256::digest(&body).as_slice() == digest,
                Err(StorageError::NotFound { .. }) => false,
                Err(error) => return Err(error),
            };
            if !whole {
                differs(found, format!("case:{case}"), format!("file {id}: its bytes are not those that came"));
            }
        }
    }
    // A body under a digest that no file names.
    let unnamed = diesel::dsl::not(diesel::dsl::exists(
        attachments::table.filter(attachments::digest.eq(attachment_bodies::digest)),
    ));
    let left: i64 = attachment_bodies::table.filter(unnamed).count().get_result(conn)?;
    if left > 0 {
        differs(found, "files", format!("{left} bodies belong to no file; the rows that named them are gone"));
    }
    Ok(count)
}
