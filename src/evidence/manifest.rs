//! The manifest of an archive, and the check of an archive without any database: digests of all files, and the hash
//! chains of the events in it.

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::domain::event::link_hash;
use crate::domain::moment::Moment;

/// Name of the manifest in the archive.
pub const MANIFEST: &str = "manifest.json";
/// What an archive calls itself.
pub const FORMAT: &str = "safeharbor-evidence/1";
/// Largest file that is checked: an archive of ours holds none that is larger.
const MAX_FILE: u64 = 1_000_000_000;

/// What is in an archive.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub case: String,
    pub made_at: String,
    pub made_by: String,
    pub host: String,
    pub files: Vec<Entry>,
    pub chains: Vec<Chain>,
    /// The newest daily checkpoint over all chains of the installation, when there is one.
    pub checkpoint: Option<String>,
}

/// One file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub path: String,
    pub size: u64,
    pub sha256: String,
}

/// One chain of events.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Chain {
    pub subject: String,
    pub path: String,
    pub events: i64,
    /// Hash of the last event.
    pub head: String,
}

/// One event as it stands in an archive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EventLine {
    pub seq: i64,
    pub at: i64,
    pub time: String,
    pub actor: String,
    pub kind: String,
    /// JSON text, byte for byte as hashed.
    pub facts: String,
    pub reason: String,
    pub hash: String,
}

/// Hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The archive cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("this is no archive of evidence: {0}")]
pub struct NotAnArchive(String);

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub case: String,
    pub files: usize,
    pub events: i64,
    /// SHA-256 of the manifest: the record of the installation names it.
    pub manifest: String,
    /// Everything that does not fit; none in a whole archive.
    pub problems: Vec<String>,
}

/// Checks an archive: nothing missing, nothing added, nothing changed, every chain whole.
pub fn check(archive: impl Read + Seek) -> Result<Checked, NotAnArchive> {
    let mut zip = ZipArchive::new(archive).map_err(|e| NotAnArchive(e.to_string()))?;
    let bytes = read(&mut zip, MANIFEST).ok_or_else(|| NotAnArchive(format!("it has no {MANIFEST}")))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|e| NotAnArchive(e.to_string()))?;
    if manifest.format != FORMAT {
        return Err(NotAnArchive(format!("its format is {}", manifest.format)));
    }
    let mut checked =
        Checked { case: manifest.case.clone(), manifest: hex(&Sha256::digest(&bytes)), ..Checked::default() };
    for entry in &manifest.files {
        checked.files += 1;
        match read(&mut zip, &entry.path) {
            None => checked.problems.push(format!("{}: missing or too large", entry.path)),
            Some(body) if hex(&Sha256::digest(&body)) != entry.sha256 => {
                checked.problems.push(format!("{}: changed after the archive was made", entry.path));
            }
            Some(_) => {}
        }
    }
    let names: Vec<String> = zip.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned).collect();
    for name in names {
        if name != MANIFEST && !manifest.files.iter().any(|e| e.path == name) {
            checked.problems.push(format!("{name}: added after the archive was made"));
        }
    }
    for chain in &manifest.chains {
        checked.events += chain.events;
        let body = read(&mut zip, &chain.path).unwrap_or_default();
        checked.problems.extend(check_chain(chain, &body));
    }
    Ok(checked)
}

fn read<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Option<Vec<u8>> {
    let file = zip.by_name(name).ok()?;
    if file.size() > MAX_FILE {
        return None;
    }
    let mut body = Vec::new();
    file.take(MAX_FILE).read_to_end(&mut body).ok()?;
    Some(body)
}

/// Walks a chain from its beginning.
fn check_chain(chain: &Chain, body: &[u8]) -> Vec<String> {
    let (mut previous, mut seq, mut problems) = (Vec::new(), 0, Vec::new());
    for line in String::from_utf8_lossy(body).lines().filter(|l| !l.is_empty()) {
        seq += 1;
        let Ok(event) = serde_json::from_str::<EventLine>(line) else {
            problems.push(format!("{}, event {seq}: cannot be read", chain.subject));
            return problems;
        };
        let fields = [event.actor.as_str(), event.kind.as_str(), event.facts.as_str(), event.reason.as_str()];
        let expected = link_hash(&previous, &chain.subject, event.seq, Moment(event.at), fields);
        if event.seq != seq {
            problems.push(format!("{}, event {seq}: missing or out of order", chain.subject));
        } else if hex(&expected) != event.hash {
            problems.push(format!("{}, event {seq}: changed after it was written", chain.subject));
        }
        previous = expected;
    }
    if seq != chain.events || hex(&previous) != chain.head {
        problems.push(format!("{}: the end of the chain is missing or was replaced", chain.subject));
    }
    problems
}
