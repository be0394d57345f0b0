//! One archive with everything about a case, for counsel: the notice as received, every letter with the server's
//! answer, answers, counter-notices, court actions, files, events with their hashes, a readable summary, and a
//! manifest with digests that can be checked without this installation.

mod collect;
mod made;
mod manifest;
mod pdf;
mod summary;

use std::collections::BTreeSet;
use std::io::{Seek, Write};

use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub use made::Made;
pub use manifest::{Against, Checked, NotAnArchive, check, check_against};

use crate::domain::base::moment::Moment;
use crate::domain::record::event::Subject;
use crate::signing::EVIDENCE;
use crate::storage::cases::Case;
use crate::storage::disputes::attachments;
use crate::storage::record::checkpoints;
use crate::storage::record::events::{self, RecordedEvent};
use crate::storage::{Conn, StorageError};
use collect::Collected;
use manifest::{CHECKPOINTS, Chain, Entry, EventLine, FORMAT, MANIFEST, Manifest, SIGNATURE, ValueLine, hex};

/// Why an archive could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("the archive could not be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("the archive could not be written: {0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Pdf(#[from] pdf::PdfError),
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// An archive being written; each file is hashed as it goes in.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
    files: Vec<Entry>,
}

impl<W: Write + Seek> Archive<W> {
    fn add(&mut self, path: &str, body: &[u8]) -> Result<(), EvidenceError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.zip.start_file(path, options)?;
        self.zip.write_all(body)?;
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX);
        self.files.push(Entry { path: path.to_owned(), size, sha256: hex(&Sha256::digest(body)) });
        Ok(())
    }

    fn json(&mut self, path: &str, value: &Value) -> Result<(), EvidenceError> {
        let mut text = serde_json::to_string_pretty(value)?;
        text.push('\n');
        self.add(path, text.as_bytes())
    }
}

/// Writes the archive of a case; returns the SHA-256 of its manifest, to be put on record.
pub fn write<W: Write + Seek>(conn: &mut Conn, out: W, case: &Case, made: &Made<'_>) -> Result<String, EvidenceError> {
    let mut archive = Archive { zip: ZipWriter::new(out), files: Vec::new() };
    let all = collect::collect(conn, case)?;
    let notice = &all.submission;
    archive.add(&format!("notice/as-received.{}", collect::extension(&notice.content_type)), &notice.body)?;
    archive.json("notice/notice.json", &all.notice_json())?;
    archive.json("case.json", &all.case_json(case))?;
    for letter in &all.letters {
        if let Some((path, body)) = all.letter_file(letter) {
            archive.add(&path, body)?;
        }
    }
    archive.json("letters/letters.json", &all.letters_json())?;
    archive.json("answers.json", &all.answers_json())?;
    archive.json("counter-notices.json", &all.counters_json())?;
    for (counter, received) in &all.counters {
        archive.add(&format!("counter-notices/{}-as-received.txt", counter.id), &received.body)?;
    }
    archive.json("looks.json", &all.probes_json())?;
    archive.json("files.json", &all.files_json())?;
    // One at a time: together they can be larger than the memory this should take.
    for file in &all.files {
        let path = format!("files/{}-{}", file.id, file.file_name);
        archive.add(&path, &attachments::body(conn, &file.digest)?)?;
    }
    let chains = vec![
        chain(conn, &mut archive, Subject::Case(case.id), "events/case.jsonl")?,
        chain(conn, &mut archive, Subject::Notice(case.notice_id), "events/notice.jsonl")?,
    ];
    add_checkpoints(conn, &mut archive, &chains)?;
    let title = format!("Case {}", case.reference);
    let foot = format!("{title}, made on {} by {}", made.at.long(), made.by);
    archive.add("summary.pdf", &pdf::write(&title, &summary::blocks(&all, case, made), &foot)?)?;
    finish(conn, archive, case, made, chains)
}

fn finish<W: Write + Seek>(
    conn: &mut Conn,
    mut archive: Archive<W>,
    case: &Case,
    made: &Made<'_>,
    chains: Vec<Chain>,
) -> Result<String, EvidenceError> {
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        case: case.reference.to_string(),
        made_at: made.at.iso(),
        made_by: made.by.to_owned(),
        host: made.host.to_owned(),
        checkpoint: checkpoints::newest(conn)?.map(|(id, digest)| format!("{id}: {}", hex(&digest))),
        files: std::mem::take(&mut archive.files),
        chains,
    };
    let text = serde_json::to_string_pretty(&manifest)?;
    archive.add(MANIFEST, text.as_bytes())?;
    archive.add(SIGNATURE, made.signer.sign(EVIDENCE, text.as_bytes()).as_bytes())?;
    let mut out = archive.zip.finish()?;
    out.flush()?;
    Ok(hex(&Sha256::digest(text.as_bytes())))
}

/// Adds the checkpoints that name the chains last, whole, so that their digests can be made anew: who keeps one outside
/// the installation can tell that the chains in the archive are those of its day.
fn add_checkpoints<W: Write + Seek>(
    conn: &mut Conn,
    archive: &mut Archive<W>,
    chains: &[Chain],
) -> Result<(), EvidenceError> {
    let mut named = BTreeSet::new();
    for chain in chains {
        named.extend(checkpoints::naming(conn, &chain.subject)?);
    }
    for id in named {
        let whole = serde_json::to_value(checkpoints::whole(conn, id)?)?;
        archive.json(&format!("{CHECKPOINTS}{id}.json"), &whole)?;
    }
    Ok(())
}

/// Writes all events of a subject, oldest first, one JSON object a line.
fn chain<W: Write + Seek>(
    conn: &mut Conn,
    archive: &mut Archive<W>,
    subject: Subject,
    path: &str,
) -> Result<Chain, EvidenceError> {
    let rows = events::all_of(conn, subject)?;
    let mut text = String::new();
    for event in &rows {
        text.push_str(&serde_json::to_string(&event_line(event))?);
        text.push('\n');
    }
    archive.add(path, text.as_bytes())?;
    let last = rows.last();
    Ok(Chain {
        subject: subject.to_string(),
        path: path.to_owned(),
        events: last.map_or(0, |r| r.row.seq),
        head: last.map_or_else(String::new, |r| hex(&r.row.hash)),
    })
}

/// An event with all that is needed to make its hash anew, and to open what is committed to.
fn event_line(event: &RecordedEvent) -> EventLine {
    let row = &event.row;
    let values = event.values.iter().map(|value| ValueLine {
        name: value.name.clone(),
        commitment: hex(&value.commitment),
        salt: value.salt.as_deref().map(hex),
        value: value.value.clone(),
        forgotten: event.forgotten_value(&value.name).map(|forgetting| forgetting.to_string()),
    });
    EventLine {
        seq: row.seq,
        at: row.at,
        time: Moment(row.at).iso(),
        actor: row.actor.clone(),
        actor_name: event.actor.clone(),
        kind: row.kind.clone(),
        facts: row.facts.clone(),
        salt: hex(&row.salt),
        values: values.collect(),
        hash: hex(&row.hash),
    }
}

impl Collected {
    /// SHA-256 of the notice as received.
    fn digest(&self) -> String {
        hex(&self.submission.digest)
    }
}
