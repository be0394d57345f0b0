//! The manifest of an archive, and the check of an archive without any database: digests of all files, and the hash
//! chains of the events in it.

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

pub use crate::domain::base::fingerprint::hex;
use crate::domain::base::fingerprint::unhex;
use crate::domain::base::moment::Moment;
use crate::domain::record::event::link::{Place, Plain, commitment, event_hash};
use crate::signing::{self, PublicKey};
use crate::storage::record::checkpoints::{OutsideCheckpoint, Whole};

/// Name of the manifest in the archive.
pub const MANIFEST: &str = "manifest.json";
/// Name of the signature over the manifest.
pub const SIGNATURE: &str = "manifest.json.sig";
/// How the names of checkpoints begin.
pub const CHECKPOINTS: &str = "record/checkpoint-";
/// What an archive calls itself.
pub const FORMAT: &str = "safeharbor-evidence/2";
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
    /// Code of who did it, as committed to.
    pub actor: String,
    /// Who did it, with the name of the day on which the archive was made.
    pub actor_name: String,
    pub kind: String,
    /// Plain facts: JSON text, byte for byte as committed to.
    pub facts: String,
    /// Of the commitments to actor and facts, in hexadecimal.
    pub salt: String,
    /// Private values, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueLine>,
    pub hash: String,
}

/// A private value of an event in an archive: salt and value open its commitment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ValueLine {
    pub name: String,
    /// In hexadecimal, as the salt.
    pub commitment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When and why it was forgotten, where it is not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgotten: Option<String>,
}

impl ValueLine {
    /// Whether the value, where it is there, is the one that is committed to.
    fn opens(&self) -> bool {
        match (&self.salt, &self.value) {
            (Some(salt), Some(value)) => {
                unhex(salt).is_some_and(|salt| hex(&commitment(&self.name, &salt, value)) == self.commitment)
            }
            (None, None) => true,
            _ => false,
        }
    }
}

impl EventLine {
    /// The hash that it must have after `previous`; nothing where it is not written in hexadecimal.
    fn expected_hash(&self, previous: &[u8], subject: &str) -> Option<Vec<u8>> {
        let salt = unhex(&self.salt)?;
        let commitments: Option<Vec<Vec<u8>>> = self.values.iter().map(|value| unhex(&value.commitment)).collect();
        let commitments = commitments?;
        let private = self.values.iter().zip(&commitments).map(|(value, c)| (value.name.as_str(), c.as_slice()));
        let place = Place { previous, subject, seq: self.seq, at: Moment(self.at) };
        let plain = Plain { actor: &self.actor, kind: &self.kind, facts: &self.facts, salt: &salt };
        Some(event_hash(place, plain, private).to_vec())
    }
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
    /// Who signed the manifest: the fingerprint of the key.
    pub signed_by: Option<String>,
    /// Everything that does not fit; none in a whole archive.
    pub problems: Vec<String>,
}

/// What an archive is held against: things that were kept elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Against {
    /// Keys that may have signed; none: any key, which is named.
    pub signers: Vec<PublicKey>,
    pub checkpoint: Option<OutsideCheckpoint>,
}

/// Checks an archive by itself: nothing missing, nothing added, nothing changed, every chain whole, and signed.
pub fn check(archive: impl Read + Seek) -> Result<Checked, NotAnArchive> {
    check_against(archive, &Against::default())
}

/// As [`check`], and against what was kept elsewhere.
pub fn check_against(archive: impl Read + Seek, against: &Against) -> Result<Checked, NotAnArchive> {
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
        if name != MANIFEST && name != SIGNATURE && !manifest.files.iter().any(|e| e.path == name) {
            checked.problems.push(format!("{name}: added after the archive was made"));
        }
    }
    let checkpoints = read_checkpoints(&mut zip, &manifest, &mut checked.problems);
    for chain in &manifest.chains {
        checked.events += chain.events;
        let body = read(&mut zip, &chain.path).unwrap_or_default();
        let (problems, hashes) = check_chain(chain, &body);
        checked.problems.extend(problems);
        checked.problems.extend(differing(chain, &hashes, &checkpoints));
    }
    signed(&mut zip, &bytes, against, &mut checked);
    if let Some(kept) = &against.checkpoint {
        checked.problems.extend(kept_elsewhere(kept, &checkpoints));
    }
    Ok(checked)
}

/// The signature over the manifest.
fn signed<R: Read + Seek>(zip: &mut ZipArchive<R>, manifest: &[u8], against: &Against, checked: &mut Checked) {
    let Some(signature) = read(zip, SIGNATURE) else {
        checked.problems.push(format!("{MANIFEST}: not signed"));
        return;
    };
    match signing::verify(signing::EVIDENCE, manifest, &String::from_utf8_lossy(&signature)) {
        Err(why) => checked.problems.push(format!("{SIGNATURE}: {why}")),
        Ok(key) => {
            if !against.signers.is_empty() && !against.signers.contains(&key) {
                checked.problems.push(format!("{SIGNATURE}: made with a key that is not among the signers"));
            }
            checked.signed_by = Some(key.fingerprint());
        }
    }
}

/// The checkpoints in an archive, each held against its own digest.
fn read_checkpoints<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    manifest: &Manifest,
    problems: &mut Vec<String>,
) -> Vec<Whole> {
    let mut found = Vec::new();
    for entry in manifest.files.iter().filter(|e| e.path.starts_with(CHECKPOINTS)) {
        let whole = read(zip, &entry.path).and_then(|body| serde_json::from_slice::<Whole>(&body).ok());
        match whole {
            Some(whole) if whole.computed().as_ref() == Some(&whole.digest) => found.push(whole),
            _ => problems.push(format!("{}: its list does not fit its digest", entry.path)),
        }
    }
    found
}

/// Where a chain is not as the checkpoints name it.
fn differing(chain: &Chain, hashes: &[String], checkpoints: &[Whole]) -> Vec<String> {
    let named = checkpoints.iter().flat_map(|c| c.heads.iter().map(move |head| (c.id, head)));
    named
        .filter(|(_, (subject, ..))| *subject == chain.subject)
        .filter(|(_, (_, seq, hash))| usize::try_from(*seq - 1).ok().and_then(|at| hashes.get(at)) != Some(hash))
        .map(|(id, (_, seq, _))| format!("{}, event {seq}: not the one that checkpoint {id} names", chain.subject))
        .collect()
}

fn kept_elsewhere(kept: &OutsideCheckpoint, checkpoints: &[Whole]) -> Option<String> {
    match checkpoints.iter().find(|c| c.id == kept.id) {
        Some(whole) if whole.digest == kept.digest => None,
        Some(_) => Some(format!("checkpoint {}: not the one that was kept; the record was made anew since", kept.id)),
        None => {
            let there: Vec<String> = checkpoints.iter().map(|c| c.id.to_string()).collect();
            let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
            Some(format!("checkpoint {} is not in the archive ({there} is): take the digest of one that is", kept.id))
        }
    }
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

/// Walks a chain from its beginning. Returns what does not fit, and the hashes of its events.
fn check_chain(chain: &Chain, body: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut previous, mut seq, mut problems, mut hashes) = (Vec::new(), 0, Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(body).lines().filter(|l| !l.is_empty()) {
        seq += 1;
        let Ok(event) = serde_json::from_str::<EventLine>(line) else {
            problems.push(format!("{}, event {seq}: cannot be read", chain.subject));
            return (problems, hashes);
        };
        let expected = event.expected_hash(&previous, &chain.subject).unwrap_or_default();
        if event.seq != seq {
            problems.push(format!("{}, event {seq}: missing or out of order", chain.subject));
        } else if hex(&expected) != event.hash {
            problems.push(format!("{}, event {seq}: changed after it was written", chain.subject));
        }
        for value in event.values.iter().filter(|value| !value.opens()) {
            let name = &value.name;
            problems.push(format!("{}, event {seq}: the private value {name:?} was changed", chain.subject));
        }
        hashes.push(hex(&expected));
        previous = expected;
    }
    if seq != chain.events || hex(&previous) != chain.head {
        problems.push(format!("{}: the end of the chain is missing or was replaced", chain.subject));
    }
    (problems, hashes)
}
