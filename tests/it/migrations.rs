//! Both databases have the same migrations, which run up, down and up, and fit the schema in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use diesel::connection::SimpleConnection;
use safeharbor::storage::backup::look_into;
use safeharbor::storage::{DatabaseUrl, letter_words, migrations};

use crate::support::{Backend, database_url, postgres_url, say_once};

fn names(folder: &str) -> BTreeSet<String> {
    let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_folders_have_the_same_names() {
    assert_eq!(names("sqlite"), names("postgres"));
    assert_eq!(names("sqlite").len(), migrations::known());
}

fn up_down_up(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let url: DatabaseUrl = database_url(backend, folder.path()).parse().unwrap();
    assert_eq!(migrations::migrate(&url).unwrap().len(), migrations::known());
    assert!(migrations::migrate(&url).unwrap().is_empty(), "a second start has nothing to do");
    migrations::revert(&url, migrations::known()).unwrap();
    assert_eq!(migrations::pending(&url).unwrap().len(), migrations::known());
    assert_eq!(migrations::migrate(&url).unwrap().len(), migrations::known());
}

/// A letter from before secrets stood apart, not sent yet: nothing shown or kept of it opens anything, and what is sent does.
fn old_letters(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let url: DatabaseUrl = database_url(backend, folder.path()).parse().unwrap();
    let sql = |words: &str| look_into(&url).unwrap().batch_execute(words).unwrap();
    migrations::migrate(&url).unwrap();
    let since = names("sqlite").into_iter().filter(|name| name.as_str() >= "2026-12-20").count();
    migrations::revert(&url, since).unwrap();
    let link = format!("https://h.example/n/{}", "7hq2vx4m90tkeeb1".repeat(4).split_at(52).0);
    for (state, settled) in [("queued", "NULL"), ("failed", "7"), ("accepted", "7")] {
        let words = if state == "accepted" { "https://h.example/n/…" } else { &link };
        sql(&format!(
            "INSERT INTO letters (message_id, kind, to_name, to_address, subject, text_part, html_part, state, carries_deadline, created_at, attempts, due_at, settled_at, answer)
            VALUES ('<{state}@h.example>', 'reminder', '', 'a@h.example', 's', 'See {words}', '<p>{words}</p>', '{state}', TRUE, 1, 1, 1, {settled}, '')"
        ));
    }
    migrations::migrate(&url).unwrap();
    let kept = letter_words::of(&mut look_into(&url).unwrap(), &[1, 2, 3]).unwrap();
    for (id, words) in &kept {
        let (sent, shown) = (words.sent().unwrap(), words.shown().unwrap());
        assert!(shown.text == "See https://h.example/n/…" && shown.html == "<p>https://h.example/n/…</p>", "{shown:?}");
        assert!(!words.text.contains(&link) && sent.html.contains(&link) == (*id < 3), "{id}: {sent:?}");
    }
    assert_eq!(kept.len(), 3);
}

#[test]
fn letters_that_wait_on_sqlite_are_taken_apart() {
    old_letters(Backend::Sqlite);
}

#[test]
fn letters_that_wait_on_postgres_are_taken_apart() {
    if postgres_url().is_some() {
        old_letters(Backend::Postgres);
    }
}

#[test]
fn sqlite_goes_up_down_and_up() {
    up_down_up(Backend::Sqlite);
}

#[test]
fn postgres_goes_up_down_and_up() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    if postgres_url().is_none() {
        return say_once(&ONCE, "SAFEHARBOR_TEST_POSTGRES is not set: migrations on PostgreSQL are left out");
    }
    up_down_up(Backend::Postgres);
}

/// The columns of the schema in the code are those of both migrations, table by table, in the same order and kind.
#[test]
fn the_schema_in_the_code_is_that_of_the_migrations() {
    let code = fs::read_to_string(format!("{}/src/storage/schema.rs", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (mut of_code, mut table) = (Tables::new(), String::new());
    for line in code.lines().map(str::trim) {
        if let Some(column) = line.strip_suffix(',').and_then(|l| l.split_once(" -> ")) {
            of_code.entry(table.clone()).or_default().push(format!("{} {}", column.0, column.1));
        } else if let Some((name, _)) = line.strip_suffix(") {").and_then(|l| l.split_once(" (")) {
            name.clone_into(&mut table);
        }
    }
    for folder in ["sqlite", "postgres"] {
        assert_eq!(tables(folder), of_code, "{folder}");
    }
}

type Tables = BTreeMap<String, Vec<String>>;

fn tables(folder: &str) -> Tables {
    let (mut found, mut table) = (Tables::new(), String::new());
    for name in names(folder) {
        let path = format!("{}/migrations/{folder}/{name}/up.sql", env!("CARGO_MANIFEST_DIR"));
        for line in fs::read_to_string(path).unwrap().lines() {
            let column = if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split_whitespace().next().unwrap().to_owned();
                // A table that is made anew has the columns it has now.
                found.insert(table.clone(), Vec::new());
                continue;
            } else if let Some((from, column)) =
                line.strip_prefix("ALTER TABLE ").and_then(|l| l.split_once(" DROP COLUMN "))
            {
                let gone = format!("{} ", column.trim_end_matches(';'));
                found.get_mut(from).unwrap().retain(|c| !c.starts_with(&gone));
                continue;
            } else if let Some((to, column)) =
                line.strip_prefix("ALTER TABLE ").and_then(|l| l.split_once(" ADD COLUMN "))
            {
                to.clone_into(&mut table);
                column
            } else if line.starts_with("  ") {
                line
            } else {
                continue;
            };
            found.entry(table.clone()).or_default().extend(read_column(column));
        }
    }
    found
}

fn read_column(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (column, kind) = (words.next()?, words.next()?);
    // A constraint of the table, or the rest of one.
    if column.chars().any(char::is_uppercase) || column.starts_with('\'') {
        return None;
    }
    let key = line.contains("PRIMARY KEY");
    let kind = match kind.trim_end_matches([',', ';']) {
        "INTEGER" if key => "BigInt",
        "INTEGER" => "Integer",
        "BIGINT" => "BigInt",
        "TEXT" => "Text",
        "BOOLEAN" => "Bool",
        "BLOB" | "BYTEA" => "Binary",
        other => panic!("{other} in {line}"),
    };
    let fixed = key || line.contains("NOT NULL");
    Some(if fixed { format!("{column} {kind}") } else { format!("{column} Nullable<{kind}>") })
}
