//! Both databases have the same migrations, which run up, down and up, and fit the schema in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use diesel::sql_types::Text;
use diesel::{RunQueryDsl, sql_query};
use safeharbor::storage::engine::backup::look_into;
use safeharbor::storage::engine::migrations;
use safeharbor::storage::{Conn, DatabaseUrl};

use crate::support::{Backend, database_url, postgres_url, say_once};

/// Names of the migrations of a database, sorted.
fn names(folder: &str) -> BTreeSet<String> {
    let path = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let folders = fs::read_dir(path).unwrap().map(Result::unwrap).filter(|e| e.file_type().unwrap().is_dir());
    folders.map(|e| e.file_name().into_string().unwrap()).collect()
}

#[test]
fn both_folders_have_the_same_names() {
    assert_eq!(names("sqlite"), names("postgres"));
    assert_eq!(names("sqlite").len(), migrations::known());
}

/// A migration is dated the day it is made: one of the future would come after those that are made until then.
#[test]
fn no_migration_is_of_the_future() {
    #[expect(clippy::disallowed_methods, reason = "dates of files are compared with today")]
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d").to_string();
    let mut versions = BTreeSet::new();
    for name in names("sqlite") {
        let (version, what) = name.split_once('_').unwrap();
        let parts: Vec<usize> = version.split('-').map(|p| p.chars().filter(char::is_ascii_digit).count()).collect();
        assert!(parts == [4, 2, 2, 6] && version.len() == 17 && !what.is_empty(), "{name}: YYYY-MM-DD-hhmmss_what");
        assert!(version[..10] <= *today, "{name} is of the future (today is {today})");
        assert!(versions.insert(version.to_owned()), "{name}: another has the same version");
    }
}

fn up_down_up(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let url: DatabaseUrl = database_url(backend, folder.path()).parse().unwrap();
    assert_eq!(migrations::migrate(&url).unwrap().len(), migrations::known());
    assert!(migrations::migrate(&url).unwrap().is_empty(), "a second start has nothing to do");
    migrations::revert(&url, migrations::known()).unwrap();
    assert_eq!(migrations::pending(&url).unwrap().len(), migrations::known());
    assert_eq!(tables(&mut look_into(&url).unwrap()), Tables::new(), "nothing is left");
    assert_eq!(migrations::migrate(&url).unwrap().len(), migrations::known());
    assert_eq!(tables(&mut look_into(&url).unwrap()), of_code());
}

/// The columns of the schema in the code are those of the database, table by table, in the same order and kind.
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

type Tables = BTreeMap<String, Vec<String>>;

fn of_code() -> Tables {
    let code = fs::read_to_string(format!("{}/src/storage/engine/schema.rs", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (mut of_code, mut table) = (Tables::new(), String::new());
    for line in code.lines().map(str::trim) {
        if let Some(column) = line.strip_suffix(',').and_then(|l| l.split_once(" -> ")) {
            of_code.entry(table.clone()).or_default().push(format!("{} {}", column.0, column.1));
        } else if let Some((name, _)) = line.strip_suffix(") {").and_then(|l| l.split_once(" (")) {
            name.clone_into(&mut table);
        }
    }
    of_code
}

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    of_table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    required: bool,
}

/// The tables of a database with their columns, as the code writes them.
fn tables(conn: &mut Conn) -> Tables {
    // The number of a row is an INTEGER on SQLite, and an alias of its 64-bit key.
    let columns = match conn {
        Conn::Sqlite(_) => {
            "SELECT t.name AS of_table, c.name AS name, c.\"notnull\" OR c.pk > 0 AS required,
               CASE WHEN c.pk = 1 AND c.type = 'INTEGER' THEN 'bigint' ELSE lower(c.type) END AS kind
             FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'
             ORDER BY t.name, c.cid"
        }
        Conn::Postgres(_) => {
            "SELECT t.table_name::text AS of_table, c.column_name::text AS name, c.data_type::text AS kind,
               c.is_nullable = 'NO' AS required
             FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
             WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position"
        }
    };
    let mut found = Tables::new();
    let columns = sql_query(columns).load::<Column>(conn).unwrap();
    for c in columns.into_iter().filter(|c| !c.of_table.starts_with("__diesel")) {
        let kind = match c.kind.as_str() {
            "integer" => "Integer",
            "bigint" => "BigInt",
            "text" => "Text",
            "boolean" => "Bool",
            "blob" | "bytea" => "Binary",
            other => panic!("{other} of {}.{}", c.of_table, c.name),
        };
        let kind = if c.required { kind.to_owned() } else { format!("Nullable<{kind}>") };
        found.entry(c.of_table).or_default().push(format!("{} {kind}", c.name));
    }
    found
}
