//! A backup taken while notices come in is whole, holds everything acknowledged before it, and restores.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use safeharbor::storage::engine::backup;
use safeharbor::storage::engine::schema::heads;
use safeharbor::storage::record::{checkpoints, verify_chains};
use safeharbor::storage::{Conn, DatabaseUrl};

use sha2::{Digest, Sha256};

use crate::on_both;
use crate::support::{Backend, CUSTOMERS, TestSite};

fn safeharbor(arguments: &[&str], folder: &Path, url: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_safeharbor"))
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("SAFEHARBOR_SERVER__DATA_DIR", folder)
        .env("DATABASE_URL", url)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The address of a site's database in words, and one of an empty place of the same kind.
fn places(site: &TestSite, folder: &Path) -> (String, String) {
    match &site.config.database.url {
        DatabaseUrl::Sqlite(path) => {
            (format!("sqlite://{path}"), format!("sqlite://{}", folder.join("restored.db").display()))
        }
        DatabaseUrl::Postgres(url) => {
            let (base, query) = url.split_once('?').unwrap();
            let schema = query.rsplit("%3D").next().unwrap();
            let name = format!("restored_{schema}");
            let mut conn = diesel::PgConnection::establish(base).unwrap();
            diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut conn).unwrap();
            let other = format!("{}/{name}", base.rsplit_once('/').unwrap().0);
            let mut conn = diesel::PgConnection::establish(&other).unwrap();
            diesel::sql_query(format!("CREATE SCHEMA {schema}")).execute(&mut conn).unwrap();
            (url.clone(), format!("{other}?{query}"))
        }
    }
}

const TABLES: [&str; 12] = [
    "submissions",
    "notices",
    "works",
    "cases",
    "locations",
    "letters",
    "links",
    "events",
    "heads",
    "customers",
    "assets",
    "senders",
];

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The newest link of a chain: whose, its number, its hash.
type Head = (String, i64, Vec<u8>);

/// Rows of every table, and the newest link of every chain.
fn contents(conn: &mut Conn) -> (Vec<i64>, Vec<Head>) {
    let count = |table: &&str| {
        let sql = format!("SELECT count(*) AS n FROM {table}");
        diesel::sql_query(sql).get_result::<Number>(conn).unwrap().n
    };
    let rows = TABLES.iter().map(count).collect();
    let chains = heads::table.select((heads::subject, heads::seq, heads::hash)).order(heads::subject);
    (rows, chains.load(conn).unwrap())
}

on_both! {
    fn a_backup_under_load_restores(site: TestSite) {
        site.customers(CUSTOMERS);
        let folder = tempfile::tempdir().unwrap();
        let (url, empty) = places(&site, folder.path());
        let before = site.report("https://alder-photo.example/before.jpg").reference('N');
        site.run_due();
        let file = folder.path().join("night.backup");
        let name = file.to_str().unwrap();
        // While the backup is written, notices come in.
        let made = std::thread::scope(|scope| {
            let backup = scope.spawn(|| safeharbor(&["backup", name], folder.path(), &url));
            let mut n = 0;
            while !backup.is_finished() {
                n += 1;
                site.report(&format!("https://alder-photo.example/during-{n}.jpg"));
            }
            backup.join().unwrap()
        });
        assert!(made.status.success() && out(&made).contains("SHA-256"), "{}", out(&made));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "nobody else reads it");
        let again = safeharbor(&["backup", name], folder.path(), &url);
        assert!(!again.status.success() && out(&again).contains("is there already"), "{}", out(&again));
        let refused = safeharbor(&["restore", name], folder.path(), &url);
        assert!(!refused.status.success() && out(&refused).contains("already"), "{}", out(&refused));
        let restored = safeharbor(&["restore", name], folder.path(), &empty);
        assert!(restored.status.success(), "{}", out(&restored));
        // The key that signs the record is no part of a backup, and both commands say so.
        assert!(out(&made).contains("record_signing_key"), "{}", out(&made));
        assert!(out(&restored).contains("record_signing_key is missing"), "{}", out(&restored));
        let checked = safeharbor(&["verify-log"], folder.path(), &empty);
        assert!(checked.status.success(), "{}", out(&checked));
        let mut conn = backup::look_into(&at(&empty)).unwrap();
        let wanted = before.parse().unwrap();
        assert!(safeharbor::storage::intake::notices::by_reference(&mut conn, &wanted).unwrap().is_some(), "{before} is lost");
    }

    fn what_is_restored_is_the_same(site: TestSite) {
        site.customers(CUSTOMERS);
        for n in 0..5 {
            site.report(&format!("https://alder-photo.example/{n}.jpg"));
        }
        site.run_due();
        let folder = tempfile::tempdir().unwrap();
        let (url, empty) = places(&site, folder.path());
        let file = folder.path().join("quiet.backup");
        let name = file.to_str().unwrap();
        for (arguments, place) in [(["backup", name], &url), (["restore", name], &empty)] {
            let done = safeharbor(&arguments, folder.path(), place);
            assert!(done.status.success(), "{}", out(&done));
        }
        let (mut one, mut two) = (backup::look_into(&at(&url)).unwrap(), backup::look_into(&at(&empty)).unwrap());
        let kept = contents(&mut one);
        assert!(kept.0[1] == 5 && kept.0[7] > 10, "{kept:?}");
        assert_eq!(kept, contents(&mut two));
        let mut broken = Vec::new();
        verify_chains::verify(&mut two, &mut broken).unwrap();
        checkpoints::verify(&mut two, &mut broken).unwrap();
        assert!(broken.is_empty(), "{broken:?}");
    }
}

fn at(url: &str) -> DatabaseUrl {
    url.parse().unwrap()
}

/// What is no backup, or is damaged, is refused before anything is touched.
#[test]
fn what_is_no_backup_is_refused() {
    let site = TestSite::open(Backend::Sqlite);
    site.customers(CUSTOMERS);
    let folder = tempfile::tempdir().unwrap();
    let (url, empty) = places(&site, folder.path());
    let file = folder.path().join("x");
    let name = file.to_str().unwrap();
    std::fs::write(&file, "hello").unwrap();
    let text = out(&safeharbor(&["restore", name], folder.path(), &empty));
    assert!(text.contains("is no backup made by safeharbor backup"), "{text}");
    std::fs::remove_file(&file).unwrap();
    assert!(safeharbor(&["backup", name], folder.path(), &url).status.success());
    let mut bytes = std::fs::read(&file).unwrap();
    let from = bytes.len() / 2;
    bytes[from..].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    let text = out(&safeharbor(&["restore", name], folder.path(), &empty));
    assert!(text.contains("was changed since it was made"), "{text}");
    assert!(!folder.path().join("restored.db").exists());
    // Without its manifest nobody can tell; with its digest it is damaged all the same, or another's.
    std::fs::remove_file(folder.path().join("x.manifest.json")).unwrap();
    let text = out(&safeharbor(&["restore", name], folder.path(), &empty));
    assert!(text.contains("x.manifest.json is missing") && text.contains("--sha256"), "{text}");
    let digest = |path: &std::path::Path| -> String {
        Sha256::digest(std::fs::read(path).unwrap()).iter().map(|b| format!("{b:02x}")).collect()
    };
    let text = out(&safeharbor(&["restore", name, "--sha256", &digest(&file)], folder.path(), &empty));
    assert!(text.contains("damaged") || text.contains("malformed"), "{text}");
    for (sql, words) in [
        ("CREATE TABLE t (x)", "is no database of Safeharbor"),
        (
            "CREATE TABLE __diesel_schema_migrations (version TEXT, run_on TEXT); INSERT INTO __diesel_schema_migrations VALUES ('20261129000000', ''), ('29990101000000', '')",
            "of a newer version of Safeharbor",
        ),
    ] {
        let other = folder.path().join("other.db");
        let _ = std::fs::remove_file(&other);
        diesel::SqliteConnection::establish(other.to_str().unwrap()).unwrap().batch_execute(sql).unwrap();
        let arguments = ["restore", other.to_str().unwrap(), "--sha256", &digest(&other)];
        let text = out(&safeharbor(&arguments, folder.path(), &empty));
        assert!(text.contains(words), "{text}");
        assert!(!folder.path().join("restored.db").exists());
    }
    let nowhere = out(&safeharbor(&["backup", "/nonexistent/b"], folder.path(), &url));
    assert!(nowhere.contains("/nonexistent/b: No such file"), "{nowhere}");
    let nothing = out(&safeharbor(&["backup", "/nonexistent/b"], folder.path(), "sqlite:///nonexistent/x.db"));
    assert!(nothing.contains("there is no Safeharbor database at sqlite:///nonexistent/x.db"), "{nothing}");
}
