use super::*;
use crate::domain::regimes::us_512::verify::verify;
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

fn one(value: &Value) -> ParsedNotice {
    read(value.to_string().as_bytes()).unwrap().all.remove(0)
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
    assert!(read(value.to_string().as_bytes()).unwrap_err().to_string().contains("messaging/p2p, not about copyright"));
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
