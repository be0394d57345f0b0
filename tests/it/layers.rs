//! The layer rule: reads the imports of every file and fails on a forbidden direction.

use std::fs;
use std::path::{Path, PathBuf};

/// What each layer may use of ours.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("domain", &["domain"]),
    ("storage", &["domain", "storage"]),
    ("mail", &["domain", "mail", "config"]),
    ("formats", &["domain", "formats"]),
    ("actions", &["actions", "config", "domain", "entropy", "formats", "mail::letter", "storage"]),
    ("jobs", &["actions", "app", "domain", "jobs", "mail", "signing", "storage", "webhooks"]),
    ("webhooks", &["domain", "outgoing", "webhooks"]),
    ("outgoing.rs", &["domain"]),
    ("probe", &["domain", "outgoing", "storage"]),
    ("evidence", &["domain", "evidence", "mail::message", "signing", "storage"]),
    ("signing", &["signing"]),
    ("inbound", &["actions", "app", "domain", "formats", "storage"]),
    (
        "http",
        &[
            "actions", "app", "clock", "config", "domain", "evidence", "formats", "http", "inbound", "password",
            "storage",
        ],
    ),
];

/// Crates that belong to some layers alone.
const CRATES: [(&str, &[&str]); 13] = [
    ("diesel", &["storage"]),
    ("actix_web", &["http"]),
    ("lettre", &["mail"]),
    ("askama", &["http", "mail"]),
    (
        "tokio",
        &["app.rs", "cli", "http", "inbound", "jobs", "mail", "outgoing.rs", "parsing.rs", "storage", "webhooks"],
    ),
    ("reqwest", &["outgoing.rs", "probe", "webhooks"]),
    ("actix_multipart", &["http"]),
    ("krilla", &["evidence"]),
    ("zip", &["evidence"]),
    ("prometheus", &["metrics.rs", "storage"]),
    ("quick_xml", &["formats"]),
    ("html5gum", &["formats"]),
    ("mail_parser", &["formats"]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            // Tests inside a file may reach further.
            let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
            (path.strip_prefix(&root).unwrap().display().to_string(), text)
        })
        .collect()
}

/// Everything a file names of ours: `crate::…`, also inside braces.
fn uses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + 7..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        let (name, braces) = (&rest[..end], rest[end..].strip_prefix('{'));
        match braces {
            Some(list) if name.is_empty() => {
                let inside = list.split('}').next().unwrap();
                found.extend(inside.split(',').map(|p| p.trim().to_owned()));
            }
            _ => found.push(name.to_owned()),
        }
    }
    found
}

#[test]
fn no_layer_reaches_up() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let layer = file.split('/').next().unwrap();
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == layer) else { continue };
        for used in uses(&text) {
            let fits = allowed.iter().any(|a| used.starts_with(a));
            if !fits && !used.is_empty() {
                wrong.push(format!("{file} uses crate::{used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stay_in_their_layers() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let layer = file.split('/').next().unwrap();
        for (name, layers) in CRATES {
            let named = text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(&format!("{name}::")));
            // A submodule may be called as a crate is (`safeharbor::storage` has none).
            if named && !layers.contains(&layer) && layer != "main.rs" {
                wrong.push(format!("{file} uses {name}"));
            }
        }
        if layer == "domain" && text.contains("async fn") {
            wrong.push(format!("{file} is async"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_and_functions_stay_short() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let lines = text.lines().count();
        // Lists of tables, of keys, of stories and of one form's fields are long because the thing is.
        if lines > 400 && file != "storage/engine/schema.rs" {
            wrong.push(format!("{file}: {lines} lines"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
