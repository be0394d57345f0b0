//! Values of a report that several versions read alike.

use serde_json::Value;

use crate::domain::base::contact::one_line;
use crate::domain::regimes::us_512::finding::{Code, Finding};
use crate::formats::times;

/// The text at a path of keys, empty where there is none.
pub(super) fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    path.iter().try_fold(value, |v, key| v.get(*key)).and_then(Value::as_str).unwrap_or_default().trim()
}

pub(super) fn port(value: &Value, key: &str, findings: &mut Vec<Finding>) -> Option<u16> {
    let given = value.get(key)?;
    let port = given.as_u64().and_then(|n| u16::try_from(n).ok()).filter(|p| *p > 0);
    if port.is_none() {
        findings.push(Finding::with(Code::FormatPort, one_line(&given.to_string(), 60)));
    }
    port
}

pub(super) fn time(written: &str, findings: &mut Vec<Finding>) -> String {
    let read = times::read(written);
    if read.is_none() && !written.is_empty() {
        findings.push(Finding::with(Code::FormatTime, one_line(written, 60)));
    }
    read.map(crate::domain::base::moment::Moment::iso).unwrap_or_default()
}

pub(super) fn hash_of(swarm: &Value) -> &str {
    let hash = text(swarm, &["info_hash"]);
    if hash.is_empty() { text(swarm, &["magnet_uri"]) } else { hash }
}
