//! XARF, the eXtended Abuse Reporting Format: the six copyright types of version 4, and the reports of
//! versions 1 to 3 as Abusix writes them. XARF has no field for a statement or a signature, so that a report
//! alone is at best curable under 17 USC 512(c)(3)(B)(ii).

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::times;
use super::{MAX_NOTICES, letter};
use crate::domain::contact::one_line;
use crate::domain::finding::{Code, Finding};
use crate::domain::notice::{RawLocation, RawNotice, RawWork, Role};
use crate::domain::reading::{Format, Reading, Unreadable};

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
pub fn read(bytes: &[u8]) -> Result<Vec<Reading>, Unreadable> {
    if memchr::memchr_iter(b',', bytes).count() > MAX_VALUES {
        return Err(Unreadable(format!("there are more than {MAX_VALUES} values in it, more than a report has")));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|e| Unreadable(format!("this is not JSON: {e}")))?;
    match value {
        Value::Array(items) => items.iter().take(MAX_NOTICES).map(report).collect(),
        one => Ok(vec![report(&one)?]),
    }
}

fn report(value: &Value) -> Result<Reading, Unreadable> {
    if value.get("ReporterInfo").is_some() || value.get("Report").is_some() {
        by_abusix(value)
    } else {
        version_4(value)
    }
}

/// The text at a path of keys, empty where there is none.
fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    path.iter().try_fold(value, |v, key| v.get(*key)).and_then(Value::as_str).unwrap_or_default().trim()
}

fn port(value: &Value, key: &str, findings: &mut Vec<Finding>) -> Option<u16> {
    let given = value.get(key)?;
    let port = given.as_u64().and_then(|n| u16::try_from(n).ok()).filter(|p| *p > 0);
    if port.is_none() {
        findings.push(Finding::with(Code::FormatPort, one_line(&given.to_string(), 60)));
    }
    port
}

fn time(written: &str, findings: &mut Vec<Finding>) -> String {
    let read = times::read(written);
    if read.is_none() && !written.is_empty() {
        findings.push(Finding::with(Code::FormatTime, one_line(written, 60)));
    }
    read.map(crate::domain::moment::Moment::iso).unwrap_or_default()
}

const TYPES: [&str; 6] = ["copyright", "p2p", "cyberlocker", "ugc_platform", "link_site", "usenet"];

fn version_4(value: &Value) -> Result<Reading, Unreadable> {
    let (category, kind) = (text(value, &["category"]), text(value, &["type"]));
    if category != "copyright" {
        let what: String = format!("{category}/{kind}").chars().take(80).collect();
        return Err(Unreadable(format!("this XARF report is about {what}, not about copyright")));
    }
    if !TYPES.contains(&kind) {
        return Err(Unreadable(format!("the XARF type “{}” is none of {}", one_line(kind, 40), TYPES.join(", "))));
    }
    let mut findings = Vec::new();
    let faults = schema_faults(value, kind);
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
    Ok(Reading { format: Format::Xarf, raw, findings, retraction: false })
}

/// Description and plain-text evidence: the only places where a statement can stand.
fn said(value: &Value) -> String {
    let evidence = value.get("evidence").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let texts = evidence.iter().take(50).filter(|e| text(e, &["content_type"]).starts_with("text/plain"));
    let decoded = texts.filter_map(|e| STANDARD.decode(text(e, &["payload"])).ok()).map(|b| super::text_of(&b));
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

fn hash_of(swarm: &Value) -> &str {
    let hash = text(swarm, &["info_hash"]);
    if hash.is_empty() { text(swarm, &["magnet_uri"]) } else { hash }
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

/// Where a report leaves the schema of its type (xarf-spec 4.2.0).
fn schema_faults(value: &Value, kind: &str) -> Vec<String> {
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

/// Versions 1 to 3: `ReporterInfo`, `OnBehalfOf`, `Report`.
fn by_abusix(value: &Value) -> Result<Reading, Unreadable> {
    let report = value.get("Report").unwrap_or(&Value::Null);
    let kind = text(report, &["ReportType"]);
    if !kind.eq_ignore_ascii_case("copyright") {
        return Err(Unreadable(format!("this XARF report is about “{}”, not about copyright", one_line(kind, 40))));
    }
    let mut findings = Vec::new();
    let who = value.get("ReporterInfo").unwrap_or(&Value::Null);
    let first = |keys: &[&str], of: &Value| {
        keys.iter().map(|k| text(of, &[k])).find(|t| !t.is_empty()).unwrap_or_default().to_owned()
    };
    let owner = first(&["ComplainantOrg", "ComplainantContactName"], value.get("OnBehalfOf").unwrap_or(&Value::Null));
    let mut raw = RawNotice {
        works: work_3(report),
        locations: locations_3(report, &mut findings),
        statements: letter::statements(&first(&["ReporterNotes"], report)),
        reference: one_line(&first(&["ReporterCaseID", "ReportID"], report), 200),
        ..RawNotice::default()
    };
    raw.complainant.name = one_line(text(who, &["ReporterContactName"]), 200);
    raw.complainant.organization = one_line(text(who, &["ReporterOrg"]), 200);
    raw.complainant.email = one_line(&first(&["ReporterContactEmail", "ReporterOrgEmail"], who), 254);
    raw.complainant.phone = one_line(text(who, &["ReporterContactPhone"]), 60);
    raw.complainant.address.street = one_line(text(who, &["ReporterOrgAddress"]), 500);
    raw.complainant.role = if owner.is_empty() { Role::Owner } else { Role::Agent };
    raw.rights_owner.name = one_line(&owner, 200);
    if raw.reference.is_empty() {
        findings.push(Finding::new(Code::FormatNoReference));
    }
    Ok(Reading { format: Format::Xarf, raw, findings, retraction: false })
}

fn work_3(report: &Value) -> Vec<RawWork> {
    let title = one_line(text(report, &["InfringedMaterial"]), 500);
    let description = one_line(text(report, &["MaterialType"]), 200);
    if title.is_empty() && description.is_empty() {
        return Vec::new();
    }
    vec![RawWork { title, description, original_urls: Vec::new() }]
}

fn locations_3(report: &Value, findings: &mut Vec<Finding>) -> Vec<RawLocation> {
    let urls = [text(report, &["SourceUrl"]), text(report, &["Url"]), text(report, &["Source", "URL"])];
    let mut found: Vec<RawLocation> = urls
        .into_iter()
        .find(|u| !u.is_empty())
        .map(|url| RawLocation { url: url.to_owned(), ..RawLocation::default() })
        .into_iter()
        .collect();
    let ips = [text(report, &["SourceIp"]), text(report, &["Source", "IP"])];
    if let Some(ip) = ips.into_iter().find(|i| !i.is_empty()) {
        if ip.parse::<IpAddr>().is_err() {
            findings.push(Finding::with(Code::FormatAddress, one_line(ip, 100)));
        }
        let hash = report.get("FileHash").unwrap_or(&Value::Null);
        let hash = hash.as_str().unwrap_or_else(|| text(hash, &["HashValue"]));
        found.push(RawLocation {
            ip: one_line(ip, 100),
            port: port(report, "SourcePort", findings),
            observed_at: time(text(report, &["Date"]), findings),
            protocol: one_line(text(report, &["SharingProtocol"]), 20),
            info_hash: one_line(hash, 200),
            file_name: one_line(text(report, &["FileName"]), 1000),
            ..RawLocation::default()
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verify::verify;
    use serde_json::json;

    fn p2p() -> Value {
        let who = json!({"org": "Monitor", "contact": "r@monitor.example", "domain": "monitor.example"});
        json!({
            "xarf_version": "4.2.0", "report_id": "2acc5d8c-15ba-4432-8ee1-08c657711c63", "timestamp": "2026-02-01T10:30:00Z",
            "reporter": who, "sender": who, "source_identifier": "198.51.100.7", "source_port": 51413,
            "category": "copyright", "type": "p2p", "p2p_protocol": "bittorrent", "rights_holder": "Maren Holt",
            "swarm_info": {"info_hash": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}, "work_title": "Heron at Dawn"
        })
    }

    fn one(value: &Value) -> Reading {
        read(value.to_string().as_bytes()).unwrap().remove(0)
    }

    #[test]
    fn a_swarm_report_is_read_and_curable() {
        let reading = one(&p2p());
        assert_eq!(reading.findings, []);
        let place = &reading.raw.locations[0];
        assert_eq!(
            (place.ip.as_str(), place.port, place.observed_at.as_str()),
            ("198.51.100.7", Some(51413), "2026-02-01T10:30:00Z")
        );
        assert_eq!(reading.raw.rights_owner.name, "Maren Holt");
        let verdict = verify(&reading.raw.understand(), &reading.findings);
        assert_eq!(verdict.class.code(), "curable");
        for code in ["signature.missing", "statement.good_faith_missing", "statement.authority_missing"] {
            assert!(verdict.findings.iter().any(|f| f.code.as_str() == code), "{code}");
        }
    }

    #[test]
    fn what_leaves_the_schema_is_named_and_read_all_the_same() {
        let mut value = p2p();
        value["report_id"] = json!("7");
        value["source_port"] = json!(0);
        value.as_object_mut().unwrap().remove("sender");
        let reading = one(&value);
        let evidence: Vec<&str> = reading.findings.iter().map(|f| f.evidence.as_str()).collect();
        assert_eq!(
            evidence,
            ["sender.org is missing; sender.contact is missing; sender.domain is missing; report_id is no UUID", "0"]
        );
        assert_eq!(reading.raw.locations[0].port, None);
    }

    #[test]
    fn statements_in_the_evidence_count() {
        let mut value = p2p();
        let words = "Good faith belief that this is not authorized by the law. The information is accurate. Under penalty of perjury I am authorized.";
        value["evidence"] = json!([{"content_type": "text/plain", "payload": STANDARD.encode(words)}]);
        let made = one(&value).raw.statements;
        assert!(made.good_faith && made.accurate && made.authorized_under_penalty_of_perjury);
    }

    #[test]
    fn other_reports_are_no_notices() {
        let mut value = p2p();
        value["category"] = json!("messaging");
        assert!(
            read(value.to_string().as_bytes()).unwrap_err().to_string().contains("messaging/p2p, not about copyright")
        );
        value["category"] = json!("copyright");
        value["type"] = json!("billboard");
        assert!(read(value.to_string().as_bytes()).unwrap_err().to_string().contains("billboard"));
    }

    #[test]
    fn our_own_json_is_not_taken_for_it() {
        assert!(looks_like(p2p().to_string().as_bytes()));
        assert!(!looks_like(br#"{"works":[{"title":"source_identifier"}]}"#));
        assert!(looks_like(br#"{"xarf_version": "#));
    }

    proptest::proptest! {
        #[test]
        fn nothing_sent_makes_it_panic(text in "\\PC{0,300}", key in "[a-zA-Z_]{1,20}", n in proptest::num::i64::ANY) {
            let _ = read(text.as_bytes());
            let mut value = p2p();
            value[&key] = json!(n);
            value["source_identifier"] = json!(text);
            value["swarm_info"] = json!([text]);
            let _ = one(&value);
        }
    }
}
