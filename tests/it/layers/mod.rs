//! The shape of the program: which layer may use which, no circles between files, and how large files and folders are.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use imports::{Source, sources};

/// What each layer may use of ours.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("domain", &["domain"]),
    ("storage", &["domain", "storage"]),
    ("mail", &["domain", "mail", "config"]),
    ("formats", &["domain", "formats"]),
    ("actions", &["actions", "config", "domain", "entropy", "formats", "mail::letter", "mail::letters", "storage"]),
    ("jobs", &["actions", "app", "domain", "jobs", "mail", "signing", "storage", "webhooks"]),
    ("webhooks", &["domain", "outgoing", "webhooks"]),
    ("outgoing.rs", &["domain"]),
    ("probe", &["domain", "outgoing", "storage"]),
    ("evidence", &["domain", "evidence", "mail::message", "signing", "storage"]),
    ("signing", &["signing"]),
    ("inbound", &["actions", "app", "domain", "formats", "inbound", "storage"]),
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

/// Files longer than the rest because the thing is: a list of tables.
const LONG: [&str; 1] = ["storage/engine/schema.rs"];
/// Most lines of a file, tests left out.
const MAX_LINES: usize = 400;
/// Most files of a folder, folders in it left out.
const MAX_FILES: usize = 22;

/// Whether a file belongs to a layer, or to a part of one such as `mail::letter`.
fn belongs(file: &str, part: &str) -> bool {
    let part = part.replace("::", "/");
    file == format!("{part}.rs") || file == part || file.starts_with(&format!("{part}/"))
}

#[test]
fn no_layer_reaches_up() {
    let mut wrong = Vec::new();
    for source in sources() {
        let layer = source.file.split('/').next().unwrap();
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == layer) else { continue };
        for used in &source.uses {
            if !allowed.iter().any(|part| belongs(used, part)) {
                wrong.push(format!("{} uses {used}", source.file));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_stay_in_their_layers() {
    let mut wrong = Vec::new();
    for source in sources() {
        let layer = source.file.split('/').next().unwrap();
        for (name, layers) in CRATES {
            if source.crates.contains(name) && !layers.contains(&layer) && layer != "main.rs" {
                wrong.push(format!("{} uses {name}", source.file));
            }
        }
        if layer == "domain" && source.is_async {
            wrong.push(format!("{} is async", source.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let all = sources();
    let uses: BTreeMap<&str, &BTreeSet<String>> = all.iter().map(|s| (s.file.as_str(), &s.uses)).collect();
    let circles: Vec<String> = all.iter().filter_map(|s| circle(&s.file, &uses)).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// The way from a file back to itself, where there is one.
fn circle(start: &str, uses: &BTreeMap<&str, &BTreeSet<String>>) -> Option<String> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for next in uses.get(file).into_iter().flat_map(|used| used.iter()) {
            if next == start {
                let mut way = vec![start, file];
                while let Some(before) = came_from.get(way.last()?) {
                    way.push(before);
                }
                way.reverse();
                return Some(way.join(" → "));
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, file);
                open.push(next);
            }
        }
    }
    None
}

#[test]
fn files_stay_short() {
    let long = |s: &Source| s.lines > MAX_LINES && !LONG.contains(&s.file.as_str());
    let wrong: Vec<String> =
        sources().iter().filter(|s| long(s)).map(|s| format!("{}: {} lines", s.file, s.lines)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn folders_stay_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    let mut open = vec![root.join("src"), root.join("tests/it")];
    while let Some(folder) = open.pop() {
        let entries: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
        let files = entries.iter().filter(|p| p.is_file()).count();
        if files > MAX_FILES && !folder.ends_with("snapshots") {
            wrong.push(format!("{}: {files} files", folder.strip_prefix(root).unwrap().display()));
        }
        open.extend(entries.into_iter().filter(|p| p.is_dir()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
