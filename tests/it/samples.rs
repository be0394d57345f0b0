//! Real notices by others, read where `SAFEHARBOR_SAMPLES` names the folder: a table of what was read, and the
//! facts written in the files.

use std::fs;
use std::path::PathBuf;
use std::sync::Once;

use safeharbor::domain::intake::parsed_notice::ParsedNotice;
use safeharbor::domain::regimes::us_512::verify::verify;
use safeharbor::formats::mail::{self, Content};
use safeharbor::formats::{self, Body};

use crate::support::say_once;

static UNSET: Once = Once::new();

fn folder(name: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("SAFEHARBOR_SAMPLES") else {
        say_once(&UNSET, "SAFEHARBOR_SAMPLES is not set: the notices by others are left out");
        return None;
    };
    Some(PathBuf::from(root).join(name))
}

fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder(name) else { return Vec::new() };
    let mut found: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&p).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn read(bytes: &[u8]) -> Result<Vec<ParsedNotice>, String> {
    let form = Body::of(bytes);
    if form != Body::Mail {
        return formats::read_document(bytes, form, usize::MAX).map_err(|e| e.to_string());
    }
    match mail::read(bytes).expect("a header").content {
        Content::Machine(readings, problems) if problems.is_empty() => Ok(readings),
        other => Err(format!("{other:?}")),
    }
}

fn row(file: &str, readings: &[ParsedNotice]) -> String {
    let lines = readings.iter().map(|r| {
        let verdict = verify(&r.raw.understand(), &r.findings);
        let codes: Vec<&str> = verdict.findings.iter().map(|f| f.code.as_str()).collect();
        format!(
            "{file:<38} {:>2} {:>2} {:<9} {}",
            readings.len(),
            r.raw.locations.len(),
            verdict.class.code(),
            codes.join(" ")
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands between two tags or after a label in the file itself, which is the oracle.
fn written<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let at = text.find(from)? + from.len();
    Some(text[at..].split(to).next().unwrap().trim())
}

#[test]
fn every_acns_sample_is_read_once_with_its_facts() {
    println!("file, notices, locations, class, findings");
    for (file, bytes) in files("acns") {
        let readings = read(&bytes).unwrap_or_else(|e| panic!("{file}: {e}"));
        println!("{}", row(&file, &readings));
        assert_eq!(readings.len(), 1, "{file}: the mail holds the notice twice, it counts once");
        let (raw, text) = (&readings[0].raw, String::from_utf8_lossy(&bytes).into_owned());
        let tag = |name: &str| written(&text, &format!("<{name}>"), "<").unwrap_or_default();
        assert_eq!(raw.reference, written(&text, "<ID>", "<").unwrap(), "{file}");
        let items =
            text.split("<Content>").nth(1).unwrap().split("</Content>").next().unwrap().matches("<Item>").count();
        let network: Vec<_> = raw.locations.iter().filter(|l| !l.ip.is_empty()).collect();
        assert_eq!(network.len(), items, "{file}");
        assert_eq!(network[0].ip, tag("IP_Address"), "{file}");
        assert_eq!(network[0].port.unwrap().to_string(), tag("Port"), "{file}");
        let seen = written(&text, "<TimeStamp>", "<").unwrap();
        assert_eq!(network[0].observed_at[..19], seen[..19], "{file}");
        assert_eq!(raw.works[0].title, tag("Title").replace("&amp;", "&"), "{file}");
        let words: Vec<&str> = tag("FileName").split_whitespace().collect();
        assert_eq!(network[0].file_name, words.join(" "), "{file}: runs of blanks become one");
        assert_eq!(
            raw.complainant.email,
            written(text.split("<Complainant>").nth(1).unwrap(), "<Email>", "<").unwrap(),
            "{file}"
        );
        let hash = written(&text, "<Hash Type=\"SHA1\">", "<").unwrap_or_default();
        assert_eq!(network[0].info_hash, hash, "{file}");
        if file.contains("echelon") || file.starts_with("Copyright") {
            let verdict = verify(&raw.understand(), &readings[0].findings);
            // Three of these letters do not say that their information is accurate.
            let class = if text.contains("accurate") { "complete" } else { "curable" };
            assert_eq!(verdict.class.code(), class, "{file}: {:?}", verdict.findings);
        }
        assert!(!readings[0].retraction, "{file}");
    }
}

#[test]
fn every_xarf_sample_is_read_or_refused_with_its_facts() {
    println!("file, notices, locations, class, findings");
    for (file, bytes) in files("xarf") {
        let result = read(&bytes);
        if file.starts_with("invalid-") {
            println!("{file:<38} not read: {}", result.as_ref().unwrap_err());
            continue;
        }
        let readings = result.unwrap_or_else(|e| panic!("{file}: {e}"));
        println!("{}", row(&file, &readings));
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let at = |pointer: &str| json.pointer(pointer).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let first = |a: &str, b: &str| if at(a).is_empty() { at(b) } else { at(a) };
        let raw = &readings[0].raw;
        let verdict = verify(&raw.understand(), &readings[0].findings);
        assert_eq!(verdict.class.code(), "curable", "{file}: {:?}", verdict.findings);
        assert_eq!(raw.works[0].title, first("/work_title", "/Report/InfringedMaterial"), "{file}");
        assert_eq!(raw.rights_owner.name, first("/rights_holder", "/OnBehalfOf/ComplainantOrg"), "{file}");
        assert_eq!(raw.complainant.organization, first("/reporter/org", "/ReporterInfo/ReporterOrg"), "{file}");
        let url = first("/infringing_url", "/Report/SourceUrl");
        if url.is_empty() {
            assert!(!raw.locations.is_empty(), "{file}");
        } else {
            assert_eq!(raw.locations[0].url, url, "{file}");
        }
        if file.contains("p2p") {
            assert_eq!(raw.locations[0].info_hash, at("/swarm_info/info_hash"));
            assert_eq!(
                (raw.locations[0].ip.clone(), raw.locations[0].observed_at.clone()),
                (at("/source_identifier"), at("/timestamp"))
            );
        }
        if file.starts_with("v1") {
            let network = raw.locations.iter().find(|l| !l.ip.is_empty()).unwrap();
            assert_eq!(
                (network.ip.as_str(), network.port, network.observed_at.as_str()),
                ("192.0.2.55", Some(54321), "2018-02-05T18:17:10Z")
            );
        }
    }
}
