//! Versions 1 to 3 as Abusix writes them: `ReporterInfo`, `OnBehalfOf`, `Report`.

use std::net::IpAddr;

use serde_json::Value;

use super::values::{port, text, time};
use crate::domain::base::contact::one_line;
use crate::domain::intake::notice::{RawLocation, RawNotice, RawWork, Role};
use crate::domain::intake::parsed_notice::{Format, ParsedNotice, Unreadable};
use crate::domain::regimes::us_512::finding::{Code, Finding};
use crate::formats::letter;

/// One report.
pub(super) fn report(value: &Value) -> Result<ParsedNotice, Unreadable> {
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
    Ok(ParsedNotice { format: Format::Xarf, raw, findings, ..ParsedNotice::default() })
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
