//! Both databases have the same migrations, which run up, down and up, and fit the schema in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use diesel::connection::SimpleConnection;
use diesel::{RunQueryDsl, sql_query};
use safeharbor::storage::DatabaseUrl;
use safeharbor::storage::engine::backup::look_into;
use safeharbor::storage::engine::migrations;
use safeharbor::storage::outbox::sent_letters;

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

/// Letters from before they were stored as data: what was accepted is on record as it was, what waited is before staff, and
/// no token is left, wherever an earlier upgrade was broken off.
fn old_letters(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let url: DatabaseUrl = database_url(backend, folder.path()).parse().unwrap();
    let sql = |words: &str| look_into(&url).unwrap().batch_execute(words).unwrap();
    let count = |words: &str| {
        sql_query(format!("SELECT CAST(count(*) AS INTEGER) AS n FROM {words}"))
            .get_result::<Count>(&mut look_into(&url).unwrap())
            .unwrap()
            .n
    };
    migrations::migrate(&url).unwrap();
    let since = names("sqlite").into_iter().filter(|name| name.as_str() >= "2026-12-27-080001").count();
    migrations::revert(&url, since).unwrap();
    let token = "7hq2vx4m90tkeeb1".repeat(4).split_at(52).0.to_owned();
    let mark = if matches!(backend, Backend::Sqlite) { "char(26)" } else { "chr(26)" };
    let bytes = if matches!(backend, Backend::Sqlite) { "BLOB" } else { "BYTEA" };
    // Packed letters have a mark where the token was, those of a broken upgrade the token itself.
    let texts = [
        ("queued", "NULL", format!("'See /n/' || {mark}"), 1),
        ("queued", "NULL", format!("'See /n/{token}'"), 0),
        ("failed", "7", format!("'See /n/{token}'"), 0),
        ("bounced", "7", format!("'See /n/' || {mark}"), 1),
        ("accepted", "7", "'See /n/…'".to_owned(), 0),
    ];
    for ((state, settled, text, packing), n) in texts.iter().zip(1..) {
        sql(&format!(
            "INSERT INTO letters (id, message_id, kind, to_name, to_address, subject, state, carries_deadline, created_at, attempts, due_at, settled_at, answer, secrets)
            VALUES ({n}, '<{n}@h.example>', 'reminder', '', 'a@h.example', 's', '{state}', TRUE, 1, 1, 1, {settled}, '', '{token},')"
        ));
        sql(&format!("INSERT INTO letter_words VALUES ({n}, {text}, CAST('' AS {bytes}), {packing})"));
    }
    migrations::migrate(&url).unwrap();
    let sent = sent_letters::of(&mut look_into(&url).unwrap(), &[1, 2, 3, 4, 5]).unwrap();
    let mut on_record: Vec<i64> = sent.keys().copied().collect();
    on_record.sort_unstable();
    assert_eq!(on_record, [4, 5]);
    assert!(sent.values().all(|one| one.message == "See /n/…".as_bytes() && one.template_version == 0), "{sent:?}");
    assert_eq!(count("letters WHERE tokens <> ''"), 0);
    assert_eq!(count("letters WHERE state = 'withheld' AND settled_at IS NOT NULL"), 2);
    assert_eq!(count("reviews WHERE letter_id IN (1, 2) AND done_at IS NULL"), 2);
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    n: i32,
}

#[test]
fn old_letters_on_sqlite_stay_on_record_without_tokens() {
    old_letters(Backend::Sqlite);
}

#[test]
fn old_letters_on_postgres_stay_on_record_without_tokens() {
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
            } else if let Some(gone) = line.strip_prefix("DROP TABLE ") {
                found.remove(gone.trim_end_matches(';'));
                continue;
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
