//! The commands in README.md and docs/api.md do what they say.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::notice;
use crate::support::{Backend, CUSTOMERS, TestSite};

/// Blocks of shell commands in a document, with the heading they stand under.
fn blocks(text: &str) -> Vec<(String, String)> {
    let (mut found, mut heading, mut block) = (Vec::new(), String::new(), None::<String>);
    for line in text.lines() {
        match (&mut block, line) {
            (Some(_), "```") => found.extend(block.take().map(|b| (heading.clone(), b))),
            (Some(text), line) => text.extend([line, "\n"]),
            (None, "```sh") => block = Some(String::new()),
            (None, line) => {
                if let Some(title) = line.strip_prefix("## ") {
                    title.clone_into(&mut heading);
                }
            }
        }
    }
    found
}

fn run(site: &TestSite, key: &str, (case, notice): (&str, &str), commands: &str) -> String {
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", commands])
        .env("HOST", &site.base)
        .env("KEY", key)
        .env("CASE", case)
        .env("NOTICE", notice)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{commands}\n{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn the_commands_of_the_documents_work() {
    let site = TestSite::open(Backend::Sqlite);
    site.customers(CUSTOMERS);
    let sent = site.stranger().post("/api/v1/notices", &notice(&["https://alder-photo.example/a.jpg"])).json();
    site.run_due();
    let case = site.cases_of(sent["reference"].as_str().unwrap()).remove(0);
    let case = case.as_str();
    let scopes =
        "notices:read,notices:write,cases:read,cases:write,customers:read,customers:write,events:read,mail:write";
    let key = site.program(scopes).secret.unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let api = blocks(&fs::read_to_string(format!("{root}/docs/api.md")).unwrap());
    assert!(api.len() >= 9, "{}", api.len());
    let mut answers: Vec<(String, String)> = Vec::new();
    let mut sent_first = String::new();
    for (heading, commands) in api {
        let answer = run(&site, &key, (case, &sent_first), &commands);
        if sent_first.is_empty() {
            let receipt: Value = serde_json::from_str(&answer).unwrap();
            sent_first = receipt["reference"].as_str().unwrap().to_owned();
        }
        answers.push((heading, answer));
    }
    let of = |heading: &str| answers.iter().filter(|(h, _)| h == heading).map(|(_, a)| a.clone()).collect::<Vec<_>>();
    let first: Value = serde_json::from_str(&of("Send a notice")[0]).unwrap();
    assert_eq!(
        (first["class"].as_str(), first["cases"].as_array().map(Vec::len)),
        (Some("complete"), Some(0)),
        "{first}"
    );
    assert!(of("Withdraw a notice")[0].contains("\"withdrawn\""), "{:?}", of("Withdraw a notice"));
    assert!(of("Many notices")[0].contains("\"line\":2,\"status\":422"), "{:?}", of("Many notices"));
    assert!(of("Keep customers in step")[1].contains("\"changed\":2"), "{:?}", of("Keep customers in step"));
    assert!(of("Act on a case")[0].contains("\"answer\":\"removed\""));
    assert!(of("Mail")[0].contains("\"kind\":\"draft\""));
    let readme = blocks(&fs::read_to_string(format!("{root}/README.md")).unwrap());
    let curl: Vec<&String> = readme.iter().map(|(_, c)| c).filter(|c| c.contains("curl")).collect();
    assert!(!curl.is_empty());
    for commands in curl {
        assert!(run(&site, &key, (case, &sent_first), commands).contains("\"reference\""), "{commands}");
    }
}
