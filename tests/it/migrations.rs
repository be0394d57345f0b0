//! Both databases have the same migrations, which run up, down and up, and fit the schema in the code.

use std::collections::BTreeSet;
use std::fs;

use safeharbor::storage::{DatabaseUrl, migrations};

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
    migrations::revert_all(&url).unwrap();
    assert_eq!(migrations::pending(&url).unwrap().len(), migrations::known());
    assert_eq!(migrations::migrate(&url).unwrap().len(), migrations::known());
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

/// The columns of the schema in the code are those of both migrations, in the same order and kind.
#[test]
fn the_schema_in_the_code_is_that_of_the_migrations() {
    let code = fs::read_to_string(format!("{}/src/storage/schema.rs", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let of_code: Vec<String> = code
        .lines()
        .filter_map(|l| l.trim().strip_suffix(',')?.split_once(" -> ").map(|(name, kind)| format!("{name} {kind}")))
        .collect();
    for folder in ["sqlite", "postgres"] {
        assert_eq!(columns(folder), of_code, "{folder}");
    }
}

fn columns(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in names(folder) {
        let path = format!("{}/migrations/{folder}/{name}/up.sql", env!("CARGO_MANIFEST_DIR"));
        for line in fs::read_to_string(path).unwrap().lines().filter(|l| l.starts_with("  ")) {
            let mut words = line.split_whitespace();
            let (Some(column), Some(kind)) = (words.next(), words.next()) else { continue };
            if column.chars().any(char::is_uppercase) {
                continue;
            }
            let key = line.contains("PRIMARY KEY");
            let kind = match kind.trim_end_matches(',') {
                "INTEGER" if key => "BigInt",
                "INTEGER" => "Integer",
                "BIGINT" => "BigInt",
                "TEXT" => "Text",
                "BOOLEAN" => "Bool",
                "BLOB" | "BYTEA" => "Binary",
                other => panic!("{folder}: {other} in {line}"),
            };
            let fixed = key || line.contains("NOT NULL");
            found.push(if fixed { format!("{column} {kind}") } else { format!("{column} Nullable<{kind}>") });
        }
    }
    found
}
