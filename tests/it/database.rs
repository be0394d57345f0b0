//! The database as operators set it up: versions, roles, poolers, long transactions, statistics.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use safeharbor::storage::engine::backup::look_into;
use safeharbor::storage::engine::{migrations, statistics};
use safeharbor::storage::{Conn, DatabaseUrl, StorageError};

use crate::support::{Backend, CUSTOMERS, Cluster, Process, TestSite, database_url, postgres_url, wait_until};

/// Imports two customers who were not there before.
fn import(folder: &Path, environment: &[(&str, &str)], batch: u32) {
    let csv = folder.join("some.csv");
    let row = |n| format!("B{batch}-{n},Customer {n},shared,c{n}@mailbox.example,c{batch}-{n}.example\n");
    std::fs::write(&csv, format!("account,name,segment,contact_email,asset\n{}{}", row(1), row(2))).unwrap();
    let arguments = ["customers", "import", csv.to_str().unwrap()];
    let done = Process::command(folder, &arguments, environment).output().unwrap();
    assert!(done.status.success(), "{done:?}");
}

fn newer(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let url: DatabaseUrl = database_url(backend, folder.path()).parse().unwrap();
    migrations::migrate(&url).unwrap();
    let later = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')";
    look_into(&url).unwrap().batch_execute(later).unwrap();
    let refused = migrations::migrate(&url).unwrap_err();
    assert!(matches!(&refused, StorageError::NewerSchema(v) if v == &["20991231000000"]), "{refused}");
    assert_eq!(migrations::state(&url).unwrap().pending, Vec::<String>::new());
}

#[test]
fn an_older_program_refuses_a_newer_schema() {
    newer(Backend::Sqlite);
    if postgres_url().is_some() {
        newer(Backend::Postgres);
    }
}

#[test]
fn doctor_and_serve_say_that_the_schema_is_newer() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| Process::command(folder.path(), words, &[]).output().unwrap();
    assert!(run(&["migrate"]).status.success());
    let url = DatabaseUrl::in_folder(folder.path());
    let later = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')";
    look_into(&url).unwrap().batch_execute(later).unwrap();
    let (serve, doctor) = (run(&["serve", "--listen", "127.0.0.1:0"]), run(&["doctor"]));
    let words = String::from_utf8_lossy(&serve.stderr).into_owned();
    assert!(!serve.status.success() && words.contains("20991231000000"), "{words}");
    let words = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(words.contains("WRONG database") && words.contains("20991231000000"), "{words}");
    assert!(!words.contains("up to date"), "{words}");
}

/// What the manual takes away from the role of the service.
fn revoked(role: &str) -> String {
    let manual = std::fs::read_to_string(format!("{}/docs/operating.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let statements = manual.split("REVOKE ").skip(1).map(|s| format!("REVOKE {};", s.split(';').next().unwrap()));
    statements.collect::<String>().replace("safeharbor_app", role)
}

/// A role with the right to read and write rows alone starts where nothing is pending, and is told what to do where
/// something is.
#[test]
fn a_role_without_rights_on_the_schema_starts() {
    let Some(base) = postgres_url() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(Backend::Postgres, folder.path());
    let schema = url.split("search_path%3D").nth(1).unwrap().to_owned();
    let role = format!("app_{schema}");
    let sql = |words: &str| PgConnection::establish(&base).unwrap().batch_execute(words).unwrap();
    sql(&format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {role}"));
    let theirs = url.replacen("postgres@", &format!("{role}@"), 1);
    let pending = migrations::migrate(&theirs.parse().unwrap()).unwrap_err();
    assert!(matches!(pending, StorageError::MayNotMigrate(n) if n == migrations::known()), "{pending}");
    migrations::migrate(&url.parse().unwrap()).unwrap();
    let revoked = revoked(&role);
    sql(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
         GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
         SET search_path = {schema}; {revoked}"
    ));
    let process = Process::serve(folder.path(), &[("DATABASE_URL", &theirs)]);
    assert_eq!(process.client().get("/readyz").status, 200);
    import(folder.path(), &[("DATABASE_URL", &theirs)], 9);
    drop(process);
    let mut conn = look_into(&theirs.parse().unwrap()).unwrap();
    for wrong in ["UPDATE events SET kind = 'x'", "DELETE FROM submissions", "DELETE FROM heads", "TRUNCATE events"] {
        let refused = conn.batch_execute(wrong).unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{wrong}: {refused}");
    }
    drop(conn);
    sql(&format!("DROP SCHEMA {schema} CASCADE; DROP OWNED BY {role}; DROP ROLE {role}"));
}

/// A long write holds up neither other writers nor the feed: what came before it is told, what comes beside it later,
/// and nothing is left out.
#[test]
fn a_long_write_does_not_stop_the_feed_or_the_writers() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
    let environment = [("DATABASE_URL", url.as_str())];
    assert!(Process::command(folder.path(), &["migrate"], &environment).output().unwrap().status.success());
    import(folder.path(), &environment, 1);
    let key = Process::command(folder.path(), &["keys", "add", "Feed", "--scopes", "events:read"], &environment);
    let key = String::from_utf8({ key }.output().unwrap().stdout).unwrap();
    let key = key.split_whitespace().find(|w| w.starts_with("shk_")).unwrap().to_owned();
    let process = Process::serve(folder.path(), &environment);
    let poll = |after: i64| {
        let bearer = format!("Bearer {key}");
        let page = process
            .client()
            .get_with(&format!("/api/v1/events?after={after}&limit=200"), &[("authorization", bearer.as_str())]);
        assert_eq!(page.status, 200, "{}", page.body);
        let page: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        let ids = page["items"].as_array().unwrap().iter().map(|e| e["id"].as_i64().unwrap());
        ids.collect::<Vec<i64>>()
    };
    let before = poll(0);
    assert!(!before.is_empty());
    let mut long = PgConnection::establish(&url).unwrap();
    // As our own writers begin; it takes a number of an event and does not end.
    long.batch_execute("BEGIN; SELECT pg_current_xact_id(); INSERT INTO events (subject, seq, at, actor, kind, facts, salt, hash) VALUES ('sender:1', 1, 1, 'operator', 'k', '{}', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))").unwrap();
    let began = Instant::now();
    let seen = poll(0);
    assert!(seen.starts_with(&before), "what came before is told");
    import(folder.path(), &environment, 2);
    let beside = poll(*before.last().unwrap());
    assert!(began.elapsed() < Duration::from_secs(20), "nobody waits for the long one: {:?}", began.elapsed());
    assert_eq!(process.client().get("/readyz").status, 200);
    long.batch_execute("COMMIT").unwrap();
    drop(long);
    let last = seen.last().unwrap().max(before.last().unwrap());
    wait_until("the long one's event is told", Duration::from_secs(10), || {
        let all = poll(0);
        let hole = all.windows(2).any(|pair| pair[0] >= pair[1]);
        assert!(!hole && all.starts_with(&seen), "{all:?}");
        all.iter().any(|id| id > last) || !beside.is_empty()
    });
}

#[derive(diesel::QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = BigInt)]
    parameters: i64,
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

/// Tables that grow, filled with copies of what lived through a story.
const FILL: &str = "
    INSERT INTO letters SELECT (jsonb_populate_record(l, jsonb_build_object('id', 100000 + g * 1000 + l.id, 'message_id', g || l.message_id, 'state', 'accepted', 'settled_at', 1, 'tokens', ''))).* FROM letters l, generate_series(1, 400) g;
    INSERT INTO notices SELECT (jsonb_populate_record(n, jsonb_build_object('id', 100000 + g * 1000 + n.id, 'reference', 'N-' || g || '-' || n.id, 'content_key', g, 'body_key', g, 'works_key', g))).* FROM notices n, generate_series(1, 1500) g;
    INSERT INTO events SELECT (jsonb_populate_record(e, jsonb_build_object('id', 100000 + g * 1000 + e.id, 'subject', 'case:' || (g + 100000), 'seq', e.id))).* FROM events e, generate_series(1, 200) g;
    INSERT INTO event_values SELECT (jsonb_populate_record(v, jsonb_build_object('event_id', 100000 + g * 1000 + v.event_id))).* FROM event_values v, generate_series(1, 200) g;
    INSERT INTO heads SELECT 'case:' || (g + 100000), 1, '', 1 FROM generate_series(1, 3000) g;
    INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object('id', 100000 + g * 1000 + c.id, 'reference', 'C-' || g || '-' || c.id, 'state', 'closed', 'outcome', 'removed', 'closed_at', 1, 'ordinal', 100 + g, 'notice_id', 101000 + (g % 1400) * 1000 + c.notice_id, 'remind_at', NULL, 'reach_until', NULL))).* FROM cases c, generate_series(1, 3000) g;
    INSERT INTO locations SELECT (jsonb_populate_record(l, jsonb_build_object('id', 100000 + g * 1000 + l.id, 'material', 100 + g, 'notice_id', 100000 + g * 1000 + n.id))).* FROM locations l, generate_series(1, 1400) g, (SELECT min(id) AS id FROM notices) n;
";

/// What every notice asks for is planned with an index once the tables have grown, though the statements were prepared
/// while they were nearly empty.
#[test]
fn hot_queries_use_their_index() {
    let Some(site) = TestSite::open_postgres() else { return };
    site.customers(CUSTOMERS);
    let live = |site: &TestSite, n: usize| {
        site.report(&format!("https://alder-photo.example/{n}.jpg\nhttps://brightmoor.example/{n}.jpg"));
        site.run_due();
        let agent = site.staff("agent");
        for page in ["/staff/", "/staff/outbox", "/staff/repeat-infringers", "/staff/senders"] {
            assert_eq!(agent.get(page).status, 200, "{page}");
        }
    };
    (0..4).for_each(|n| live(&site, n));
    // What is filled in below has references that no page can show.
    for q in ["alder-photo.example", "holtfinch.example", "holt", "alder", "owner@alder-photo.example"] {
        assert_eq!(site.staff("agent").get(&format!("/staff/?q={q}")).status, 200, "{q}");
    }
    std::fs::write(site.folder.path().join("record-was-tampered-with"), b"").unwrap();
    site.wait(site.app.db.write(|c| Ok::<_, StorageError>(c.batch_execute(FILL)?))).unwrap();
    let analyzed = site.wait(site.app.db.read(statistics::refresh)).unwrap();
    assert!(analyzed >= 5, "{analyzed} tables were analyzed");
    (4..6).for_each(|n| live(&site, n));
    let walked = site.wait(site.app.db.read(walks)).unwrap();
    assert!(walked.is_empty(), "{}", walked.join("\n"));
}

/// Statements prepared on a connection that read a whole large table, with their plans.
fn walks(conn: &mut Conn) -> Result<Vec<String>, StorageError> {
    const LARGE: [&str; 7] = ["letters", "notices", "events", "event_values", "heads", "cases", "locations"];
    let Conn::Postgres(conn) = conn else { return Ok(Vec::new()) };
    let all: Vec<Statement> = sql_query(
        "SELECT name, statement, cardinality(parameter_types)::bigint AS parameters FROM pg_prepared_statements",
    )
    .load(conn)?;
    assert!(all.len() > 20, "{} statements are prepared", all.len());
    conn.batch_execute("SET plan_cache_mode = force_generic_plan")?;
    let mut found = Vec::new();
    for one in all {
        let nulls = vec!["NULL"; usize::try_from(one.parameters).unwrap()].join(", ");
        let nulls = if nulls.is_empty() { String::new() } else { format!("({nulls})") };
        let plan: Vec<Line> = sql_query(format!("EXPLAIN EXECUTE \"{}\"{nulls}", one.name)).load(conn)?;
        let walks = |line: &Line| LARGE.iter().any(|table| line.line.contains(&format!("Seq Scan on {table}")));
        if plan.iter().any(walks) {
            let plan: Vec<String> = plan.into_iter().map(|l| l.line).collect();
            found.push(format!("{}\n{}", one.statement, plan.join("\n")));
        }
    }
    conn.batch_execute("SET plan_cache_mode = auto")?;
    Ok(found)
}

/// A pooler in transaction mode, where one is installed: two processes share its server processes, and all goes on.
#[test]
fn a_pooler_in_transaction_mode_is_served() {
    let Some(base) = postgres_url() else { return };
    let Some(pooler) = Pooler::start(&base) else { return };
    let folder = tempfile::tempdir().unwrap();
    let environment = [("DATABASE_URL", pooler.url.as_str()), ("SAFEHARBOR_DATABASE__STATEMENT_CACHE", "false")];
    let doctor = |with: &[(&str, &str)]| {
        let output = Process::command(folder.path(), &["doctor"], with).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let migrated = Process::command(folder.path(), &["migrate"], &environment).output().unwrap();
    assert!(migrated.status.success(), "{migrated:?}");
    assert!(doctor(&environment[..1]).contains("WRONG database: a pooler"), "{}", doctor(&environment[..1]));
    assert!(!doctor(&environment).contains("WRONG database"), "{}", doctor(&environment));
    let (one, two) = (Process::serve(folder.path(), &environment), Process::serve(folder.path(), &environment));
    import(folder.path(), &environment, 3);
    for process in [&one, &two, &one, &two] {
        for path in ["/readyz", "/policy", "/transparency", "/notices/new"] {
            assert_eq!(process.client().get(path).status, 200, "{path}: {}", process.log());
        }
    }
    assert!(!one.log().contains("prepared statement") && !two.log().contains("prepared statement"), "{}", one.log());
}

/// PgBouncer in front of a database of its own.
struct Pooler {
    child: std::process::Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Pooler {
    /// Nothing where it is not installed; says so.
    fn start(base: &str) -> Option<Self> {
        use std::os::unix::fs::PermissionsExt;
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].iter().find(|p| std::path::Path::new(p).exists());
        let Some(program) = program else {
            eprintln!("PgBouncer is not installed: a pooler in transaction mode is left out");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let name = format!("pool_{}", std::process::id());
        let sql = |words: String| PgConnection::establish(base).unwrap().batch_execute(&words).unwrap();
        sql(format!("DROP DATABASE IF EXISTS {name}"));
        sql(format!("CREATE DATABASE {name}"));
        let server = base.rsplit(':').next().unwrap().split('/').next().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let ini = format!(
            "[databases]\n{name} = host=127.0.0.1 port={server} dbname={name} user=postgres\n[pgbouncer]\nlisten_addr=127.0.0.1\n\
             listen_port={port}\nauth_type=any\npool_mode=transaction\ndefault_pool_size=4\nmax_client_conn=100\nunix_socket_dir=\n\
             ignore_startup_parameters=extra_float_digits\n"
        );
        let path = folder.path().join("pgbouncer.ini");
        std::fs::write(&path, ini).unwrap();
        let mut command = std::process::Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", program, "-q"]).arg(&path);
        let child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        let url = format!("postgres://postgres@127.0.0.1:{port}/{name}");
        let pooler = Self { child, url, _folder: folder };
        wait_until("the pooler answers", Duration::from_secs(10), || PgConnection::establish(&pooler.url).is_ok());
        Some(pooler)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A long reader lets the write-ahead log grow; when it ends, the disk has its room back without another write.
#[test]
fn the_log_shrinks_after_a_long_reader() {
    const FILL: &str = "CREATE TABLE filler (b BLOB); INSERT INTO filler
        WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 150) SELECT zeroblob(1000000) FROM n";
    let site = TestSite::open(Backend::Sqlite);
    let file = site.folder.path().join("test.db");
    let log = || std::fs::metadata(site.folder.path().join("test.db-wal")).unwrap().len();
    let mut reader = look_into(&DatabaseUrl::Sqlite(file.display().to_string())).unwrap();
    reader.batch_execute("BEGIN; SELECT count(*) FROM installation").unwrap();
    site.wait(site.app.db.write(|c| Ok::<_, StorageError>(c.batch_execute(FILL)?))).unwrap();
    assert!(log() > 140_000_000, "{}", log());
    reader.batch_execute("COMMIT").unwrap();
    wait_until("the log is short again", Duration::from_secs(20), || log() < 10_000_000);
}

/// Ready means that something can be written: not while somebody else holds the database, and again afterwards.
#[test]
fn a_locked_database_is_not_ready() {
    let site = TestSite::open(Backend::Sqlite);
    let client = site.client();
    assert_eq!(client.get("/readyz").status, 200);
    let file = site.folder.path().join("test.db");
    let mut other = look_into(&DatabaseUrl::Sqlite(file.display().to_string())).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    wait_until("it is not ready", Duration::from_secs(10), || client.get("/readyz").status == 503);
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(client.get("/policy").status, 200, "pages are read");
    other.batch_execute("ROLLBACK").unwrap();
    wait_until("it is ready again", Duration::from_secs(15), || client.get("/readyz").status == 200);
}

/// While PostgreSQL is away, pages and API say within seconds when to come again.
#[test]
fn a_database_that_is_away_is_told_at_once() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
    let process = Process::serve(folder.path(), &[("DATABASE_URL", url.as_str())]);
    assert_eq!(process.client().get("/policy").status, 200);
    cluster.down();
    for path in ["/policy", "/transparency", "/api/v1/events", "/readyz"] {
        let began = Instant::now();
        let page = process.client().get_with(path, &[("authorization", &format!("Bearer shk_{}", "7".repeat(52)))]);
        assert_eq!(page.status, 503, "{path}: {}", page.text());
        assert!(path == "/readyz" || page.headers["retry-after"].parse::<u64>().unwrap() >= 1, "{path}");
        assert!(began.elapsed() < Duration::from_secs(6), "{path}: {:?}", began.elapsed());
    }
    cluster.up();
    wait_until("it goes on by itself", Duration::from_secs(20), || process.client().get("/policy").status == 200);
}
