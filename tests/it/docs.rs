//! What is generated is fresh, and what is promised is there.

use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_default()
}

#[test]
fn the_configuration_reference_is_fresh() {
    let fresh = safeharbor::config::reference();
    assert!(
        read("docs/configuration.md") == fresh,
        "docs/configuration.md is out of date: cargo run -- doctor --reference > docs/configuration.md"
    );
}

/// What plain `cargo test` leaves out is said, not passed over.
#[test]
fn what_is_left_out_is_said() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    crate::support::say_once(
        &ONCE,
        "The journeys in a browser are not part of cargo test: make test runs them in Chromium",
    );
}

/// Every rule of the validator stands in the table of legal rules.
#[test]
fn every_finding_is_documented() {
    let rules = read("docs/legal-rules.md");
    for code in safeharbor::domain::finding::Code::ALL {
        assert!(rules.contains(&format!("`{}`", code.as_str())), "docs/legal-rules.md lacks {}", code.as_str());
    }
}

/// Everything written for people: beside the program, in `docs/` and in `docs/adr/`.
fn documents() -> Vec<String> {
    let named = ["README.md", "CHANGELOG.md", "SECURITY.md", "migrations/README.md"];
    let mut all: Vec<String> = named.into_iter().map(str::to_owned).collect();
    for folder in ["docs", "docs/adr"] {
        for entry in fs::read_dir(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") {
                all.push(format!("{folder}/{}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(all.len() > 25, "{all:?}");
    all
}

/// Every decision is in the table, with the status that it has.
#[test]
fn decisions_are_listed() {
    let index = read("docs/adr/README.md");
    for document in documents().iter().filter(|d| d.starts_with("docs/adr/0")) {
        let (name, text) = (document.trim_start_matches("docs/adr/"), read(document));
        let status = text.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or_default();
        let (link, end) = (format!("({name})"), format!("| {status} |"));
        let listed = index.lines().any(|row| row.contains(&link) && row.ends_with(&end));
        assert!(listed && !status.is_empty(), "docs/adr/README.md lacks {name}, or its status {status}");
    }
}

/// Files that the documents name exist.
#[test]
fn documents_name_files_that_exist() {
    for document in &documents() {
        let text = read(document);
        assert!(!text.is_empty(), "{document} is missing");
        for word in text.split(['`', '(', ')', ' ', '\n', ',']) {
            let named = ["src/", "tests/", "docs/", "templates/", "migrations/", "assets/", "benches/"]
                .iter()
                .any(|p| word.starts_with(p));
            if named && !word.contains(['*', '<', '{', '…']) {
                let path = format!(
                    "{}/{}",
                    env!("CARGO_MANIFEST_DIR"),
                    word.split("::").next().unwrap_or(word).trim_end_matches(['.', ':', ';'])
                );
                assert!(fs::metadata(&path).is_ok(), "{document} names {word}, which does not exist");
            }
        }
    }
}

/// Every test that the walk through the security standard names is there.
#[test]
fn the_walk_names_tests_that_exist() {
    let text = read("docs/security.md");
    let named: Vec<(&str, &str)> = text
        .split('`')
        .filter_map(|w| w.split_once("::"))
        .filter(|(file, _)| file.starts_with("src/") || file.starts_with("tests/"))
        .collect();
    assert!(named.len() > 40, "{named:?}");
    for (file, function) in named {
        assert!(read(file).contains(&format!("fn {function}(")), "{file} has no {function}");
    }
}
