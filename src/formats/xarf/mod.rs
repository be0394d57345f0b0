//! XARF, the eXtended Abuse Reporting Format: the six copyright types of version 4, and the reports of
//! versions 1 to 3 as Abusix writes them. XARF has no field for a statement or a signature, so that a report
//! alone is at best curable under 17 USC 512(c)(3)(B)(ii).

mod schema;
mod values;
mod version_3;

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::letter;
use crate::domain::base::contact::one_line;
use crate::domain::intake::notice::{RawLocation, RawNotice, RawWork, Role};
use crate::domain::intake::parsed_notice::{Format, ParsedNotice, ParsedNotices, Unreadable};
use crate::domain::regimes::us_512::finding::{Code, Finding};
use crate::formats::limits::MAX_NOTICES;
use values::{hash_of, port, text, time};

/// Keys that only XARF has at its top level.
const SIGNS: [&str; 3] = ["xarf_version", "ReporterInfo", "source_identifier"];

/// Whether JSON is XARF, by its top-level keys.
pub fn looks_like(json: &[u8]) -> bool {
    let named = SIGNS.iter().any(|s| memchr::memmem::find(json, s.as_bytes()).is_some());
    if !named {
        return false;
    }
    // A list of reports, or something broken that names them, is taken for one.
    let other = |top: Top| top.xarf_version.or(top.reporter).or(top.source).is_none();
    !serde_json::from_slice::<Top>(json).is_ok_and(other)
}

/// The keys by which XARF is known.
#[derive(Deserialize)]
struct Top {
    xarf_version: Option<IgnoredAny>,
    #[serde(rename = "ReporterInfo")]
    reporter: Option<IgnoredAny>,
    #[serde(rename = "source_identifier")]
    source: Option<IgnoredAny>,
}

/// Most values in one body: each takes a multiple of its letters in memory.
const MAX_VALUES: usize = 50_000;

/// Reads one report, or a list of them.
pub fn read(bytes: &[u8]) -> Result<ParsedNotices, Unreadable> {
    if memchr::memchr_iter(b',', bytes).count() > MAX_VALUES {
        return Err(Unreadable(format!("there are more than {MAX_VALUES} values in it, more than a report has")));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|e| Unreadable(format!("this is not JSON: {e}")))?;
    match value {
        Value::Array(items) => {
            let all = items.iter().take(MAX_NOTICES).map(report).collect::<Result<_, _>>()?;
            let left_out = items.len().saturating_sub(MAX_NOTICES);
            Ok(ParsedNotices { all, left_out, ..ParsedNotices::default() })
        }
        one => Ok(ParsedNotices { all: vec![report(&one)?], ..ParsedNotices::default() }),
    }
}

fn report(value: &Value) -> Result<ParsedNotice, Unreadable> {
    if value.get("ReporterInfo").is_some() || value.get("Report").is_some() {
        version_3::report(value)
    } else {
        version_4(value)
    }
}

const TYPES: [&str; 6] = ["copyright", "p2p", "cyberlocker", "ugc_platform", "link_site", "usenet"];

fn version_4(value: &Value) -> Result<ParsedNotice, Unreadable> {
    let (category, kind) = (text(value, &["category"]), text(value, &["type"]));
    if category != "copyright" {
        let what: String = format!("{category}/{kind}").chars().take(80).collect();
        return Err(Unreadable(format!("this XARF report is about {what}, not about copyright")));
    }
    if !TYPES.contains(&kind) {
        return Err(Unreadable(format!("the XARF type “{}” is none of {}", one_line(kind, 40), TYPES.join(", "))));
    }
    let mut findings = Vec::new();
    let faults = schema::faults(value, kind);
    if !faults.is_empty() {
        findings.push(Finding::with(Code::FormatSchema, one_line(&faults.join("; "), 300)));
    }
    let org = one_line(text(value, &["reporter", "org"]), 200);
    let owner = one_line(text(value, &["rights_holder"]), 200);
    let mut raw = RawNotice {
        works: work_4(value),
        locations: locations_4(value, kind, &mut findings),
        statements: letter::statements(&said(value)),
        reference: one_line(text(value, &["report_id"]), 200),
        ..RawNotice::default()
    };
    raw.complainant.email = one_line(text(value, &["reporter", "contact"]), 254);
    raw.complainant.role = if owner.is_empty() || owner.eq_ignore_ascii_case(&org) { Role::Owner } else { Role::Agent };
    raw.rights_owner.name = if raw.complainant.role == Role::Agent { owner } else { String::new() };
    raw.complainant.organization = org;
    Ok(ParsedNotice { format: Format::Xarf, raw, findings, ..ParsedNotice::default() })
}

/// Description and plain-text evidence: the only places where a statement can stand.
fn said(value: &Value) -> String {
    let evidence = value.get("evidence").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let texts = evidence.iter().take(50).filter(|e| text(e, &["content_type"]).starts_with("text/plain"));
    let decoded = texts
        .filter_map(|e| STANDARD.decode(text(e, &["payload"])).ok())
        .map(|b| crate::formats::encoding::text_of(&b));
    std::iter::once(text(value, &["description"]).to_owned()).chain(decoded).collect::<Vec<_>>().join("\n\n")
}

fn work_4(value: &Value) -> Vec<RawWork> {
    let title = one_line(text(value, &["work_title"]), 500);
    let parts = ["work_category", "work_identifier", "release_date"].map(|k| one_line(text(value, &[k]), 200));
    let description = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
    let original = text(value, &["original_url"]);
    let original_urls = if original.is_empty() { Vec::new() } else { vec![original.to_owned()] };
    if title.is_empty() && description.is_empty() && original_urls.is_empty() {
        return Vec::new();
    }
    vec![RawWork { title, description, original_urls }]
}

fn locations_4(value: &Value, kind: &str, findings: &mut Vec<Finding>) -> Vec<RawLocation> {
    let source = text(value, &["source_identifier"]);
    let mut found = Vec::new();
    let url = text(value, &["infringing_url"]);
    if !url.is_empty() {
        found.push(RawLocation { url: url.to_owned(), ..RawLocation::default() });
    }
    if kind == "usenet" {
        found.extend(article(value, source));
    }
    let ip: Option<IpAddr> = source.parse().ok();
    if let Some(ip) = ip {
        let swarm = value.get("swarm_info").unwrap_or(&Value::Null);
        found.push(RawLocation {
            ip: ip.to_string(),
            port: port(value, "source_port", findings),
            observed_at: time(text(value, &["timestamp"]), findings),
            protocol: one_line(text(value, &["p2p_protocol"]), 20),
            info_hash: one_line(hash_of(swarm), 200),
            file_name: one_line(file_name(value, swarm), 1000),
            ..RawLocation::default()
        });
    } else if kind == "p2p" && !source.is_empty() {
        findings.push(Finding::with(Code::FormatAddress, one_line(source, 100)));
    }
    found
}

fn file_name<'a>(value: &'a Value, swarm: &'a Value) -> &'a str {
    let named = [
        text(swarm, &["torrent_name"]),
        text(value, &["file_info", "filename"]),
        text(value, &["message_info", "message_id"]),
    ];
    named.into_iter().find(|n| !n.is_empty()).unwrap_or_default()
}

/// A Usenet article at a named server: `nntp://server/group/message-id` (RFC 5538).
fn article(value: &Value, server: &str) -> Option<RawLocation> {
    let id = text(value, &["message_info", "message_id"]).trim_matches(['<', '>']);
    if id.is_empty() || server.is_empty() || server.parse::<IpAddr>().is_ok() {
        return None;
    }
    let path: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let url = format!("nntp://{server}/{}/{path}", text(value, &["newsgroup"]));
    Some(RawLocation { url, ..RawLocation::default() })
}

#[cfg(test)]
mod tests;
