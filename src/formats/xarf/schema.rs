//! Where a version 4 report leaves the schema of its type (xarf-spec 4.2.0): told, and read all the same.

use serde_json::Value;

use super::values::{hash_of, text};
use crate::domain::base::contact::one_line;

/// Every fault in words.
pub(super) fn faults(value: &Value, kind: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for key in ["xarf_version", "report_id", "timestamp", "source_identifier"] {
        if text(value, &[key]).is_empty() {
            faults.push(format!("{key} is missing"));
        }
    }
    for who in ["reporter", "sender"] {
        for key in ["org", "contact", "domain"] {
            if text(value, &[who, key]).is_empty() {
                faults.push(format!("{who}.{key} is missing"));
            }
        }
    }
    let version = text(value, &["xarf_version"]);
    let fits = version.starts_with("4.") && version.split('.').count() == 3;
    if !version.is_empty() && !fits {
        faults.push(format!("xarf_version is {}", one_line(version, 20)));
    }
    let id = text(value, &["report_id"]);
    if !id.is_empty() && !is_uuid(id) {
        faults.push("report_id is no UUID".to_owned());
    }
    let needed: &[&[&str]] = match kind {
        "p2p" => &[&["p2p_protocol"]],
        "cyberlocker" => &[&["infringing_url"], &["hosting_service"]],
        "ugc_platform" => &[&["infringing_url"], &["platform_name"]],
        "link_site" => &[&["infringing_url"], &["site_name"]],
        "usenet" => &[&["newsgroup"], &["message_info", "message_id"]],
        _ => &[&["infringing_url"]],
    };
    let missing = needed.iter().filter(|path| text(value, path).is_empty());
    faults.extend(missing.map(|path| format!("{} is missing", path.join("."))));
    if kind == "p2p" && hash_of(value.get("swarm_info").unwrap_or(&Value::Null)).is_empty() {
        faults.push("swarm_info has neither info_hash nor magnet_uri".to_owned());
    }
    faults
}

fn is_uuid(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_hexdigit()))
}
