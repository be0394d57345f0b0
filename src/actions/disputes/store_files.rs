//! Files that come with an answer, a counter-notice or a court action are kept as evidence.

use crate::actions::context::{ActionError, Tx};
use crate::domain::base::ids::CaseId;
use crate::formats::upload::Upload;
use crate::storage::disputes::attachments::{self, NewAttachment, Of};

/// Most bytes of files one case keeps: 500 MB.
const MOST: i64 = 500_000_000;

/// Keeps files; returns their digests for the event that tells of them.
pub(in crate::actions) fn keep_files(
    tx: &mut Tx<'_>,
    case: CaseId,
    of: Of,
    files: &[Upload],
    via: &str,
) -> Result<Vec<String>, ActionError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let new: i64 = files.iter().map(|f| i64::try_from(f.body.len()).unwrap_or(i64::MAX)).sum();
    if attachments::bytes_of_case(tx.conn, case)?.saturating_add(new) > MOST {
        let words = "This case holds 500 MB of files already. Send them by mail to our copyright agent.";
        return Err(ActionError::Refused(words.to_owned()));
    }
    let mut digests = Vec::with_capacity(files.len());
    for file in files {
        let kept = NewAttachment { file_name: &file.name, media_type: file.media_type, body: &file.body };
        digests.push(attachments::insert(tx.conn, case, of, &kept, via, tx.now)?);
    }
    Ok(digests)
}
